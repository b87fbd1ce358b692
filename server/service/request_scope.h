#ifndef PROVNET_SERVER_SERVICE_REQUEST_SCOPE_H_
#define PROVNET_SERVER_SERVICE_REQUEST_SCOPE_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/service/request_identity.h"
#include "server/service/request_log.h"
#include "server/service/rpc.h"
#include "server/tracing/call_trace.h"
#include "server/tracing/tracing.h"
#include "storage/base/clock.h"

namespace provnet {

// Where requests leave their traces. All outlive the requests.
struct Telemetry {
  const Clock& clock;
  RequestProbe& probe;
  RequestLog& log;
  // Null: calls leave no spans.
  const Tracing* tracing = nullptr;
};

// One request from its arrival to its status: its name, its time, its line in the log, its place in
// the metrics, and its spans where it is traced. Thread-compatible.
class RequestScope {
 public:
  // Starts the time. `number` is the request's position in its stream, where it is part of one;
  // such have no spans of their own.
  RequestScope(Rpc rpc, RequestIdentity identity, const Telemetry& telemetry,
               std::optional<uint64_t> number = std::nullopt);

  const RequestIdentity& identity() const { return identity_; }

  // Where what is found out about the request goes; null where it is not traced. Lives as long as
  // this and its copies.
  CallTrace* trace() const { return trace_.get(); }

  // Records that the caller gave up; Finish still follows. Thread-safe.
  void Abandoned() const { telemetry_.probe.RequestAbandoned(rpc_); }

  // Records the outcome. Call once, before the status is handed to gRPC.
  void Finish(const absl::Status& status) const;

 private:
  Rpc rpc_;
  RequestIdentity identity_;
  std::optional<uint64_t> number_;
  Telemetry telemetry_;
  absl::Duration start_;
  std::shared_ptr<CallTrace> trace_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_REQUEST_SCOPE_H_
