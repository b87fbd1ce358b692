#ifndef PROVNET_SERVER_SERVICE_REQUEST_SCOPE_H_
#define PROVNET_SERVER_SERVICE_REQUEST_SCOPE_H_

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/service/request_identity.h"
#include "server/service/request_log.h"
#include "server/service/rpc.h"
#include "storage/base/clock.h"

namespace provnet {

// Where requests leave their traces. All outlive the requests.
struct Telemetry {
  const Clock& clock;
  RequestProbe& probe;
  RequestLog& log;
};

// One request from its arrival to its status: its name, its time, its line in the log, its place in
// the metrics. Thread-compatible.
class RequestScope {
 public:
  // Starts the time.
  RequestScope(Rpc rpc, RequestIdentity identity, const Telemetry& telemetry,
               std::optional<uint64_t> number = std::nullopt)
      : rpc_(rpc),
        identity_(std::move(identity)),
        number_(number),
        telemetry_(telemetry),
        start_(telemetry.clock.Monotonic()) {}

  const RequestIdentity& identity() const { return identity_; }

  // Records that the caller gave up; Finish still follows. Thread-safe.
  void Abandoned() const { telemetry_.probe.RequestAbandoned(rpc_); }

  // Records the outcome. Call once, before the status is handed to gRPC.
  void Finish(const absl::Status& status) const {
    const absl::Duration took = telemetry_.clock.Monotonic() - start_;
    telemetry_.probe.RequestFinished(rpc_, status.code(), took);
    telemetry_.log.Finished(rpc_, identity_, number_, status, took);
  }

 private:
  Rpc rpc_;
  RequestIdentity identity_;
  std::optional<uint64_t> number_;
  Telemetry telemetry_;
  absl::Duration start_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_REQUEST_SCOPE_H_
