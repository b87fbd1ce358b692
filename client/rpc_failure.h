#ifndef PROVNET_CLIENT_RPC_FAILURE_H_
#define PROVNET_CLIENT_RPC_FAILURE_H_

#include <grpcpp/support/status.h>

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace provnet {

// How a call ended, in our own terms: the one way in for gRPC statuses.
struct RpcFailure {
  // OK when the call did not fail.
  absl::Status status;
  // The google.rpc.RetryInfo among the status details (trailer grpc-status-details-bin), if there
  // is one.
  std::optional<absl::Duration> retry_delay;
  // Among them is the google.rpc.ErrorInfo of a membership budget that is used up: refused, but not
  // for load.
  bool budget_exhausted = false;
};

RpcFailure ToRpcFailure(const grpc::Status& status);

}  // namespace provnet

#endif  // PROVNET_CLIENT_RPC_FAILURE_H_
