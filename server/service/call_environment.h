#ifndef PROVNET_SERVER_SERVICE_CALL_ENVIRONMENT_H_
#define PROVNET_SERVER_SERVICE_CALL_ENVIRONMENT_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/service/caller.h"
#include "server/service/in_flight.h"
#include "server/service/readiness.h"
#include "server/service/request_identity.h"
#include "server/service/request_scope.h"

namespace provnet {

// What every call needs from the server around it. All outlive the calls.
struct CallEnvironment {
  const Readiness& readiness;
  InFlight& in_flight;
  Telemetry telemetry;
  Guards guards = {};
};

// Whether a call is taken, and if so, its place among those in flight. Thread-compatible.
class Admission {
 public:
  // A caller who is not known is not let in. `stream`: the call is an ExplainStream.
  Admission(const CallEnvironment& environment, const Caller& caller, bool stream = false);

  // OK, or UNAUTHENTICATED, or with RetryInfo UNAVAILABLE (the server loads or drains) or
  // RESOURCE_EXHAUSTED (it has as many calls as it takes). All that is left to do then is to finish
  // the call with this.
  const absl::Status& status() const { return status_; }

  // Call at the very end of the call, when gRPC has done with it.
  void End() const {
    if (status_.ok()) in_flight_.End(stream_);
  }

 private:
  InFlight& in_flight_;
  const bool stream_;
  absl::Status status_;
};

// The caller's deadline on `clock`; infinite when it named none.
absl::Duration MonotonicDeadline(const grpc::CallbackServerContext& context, const Clock& clock);

// Takes the request id from the caller's metadata or makes one, and puts it into the trailers. So
// with the trace that the caller's traceparent names, or that begins here where `tracing`, which
// may be null, chooses this call: the trailer traceresponse says what the request is called there.
RequestIdentity ExchangeIdentity(grpc::CallbackServerContext& context, const Tracing* tracing);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_CALL_ENVIRONMENT_H_
