#include "client/rpc_failure.h"

#include <string>

#include "google/rpc/status.pb.h"
#include "proto/error_reason.h"

namespace provnet {
namespace {

// Takes what `details`, a serialised google.rpc.Status, says beside code and message.
void ReadDetails(const std::string& details, RpcFailure& failure) {
  google::rpc::Status rich;
  if (details.empty() || !rich.ParseFromString(details)) return;
  google::rpc::RetryInfo retry;
  google::rpc::ErrorInfo error;
  for (const google::protobuf::Any& detail : rich.details()) {
    if (detail.UnpackTo(&retry)) {
      failure.retry_delay = absl::Seconds(retry.retry_delay().seconds()) +
                            absl::Nanoseconds(retry.retry_delay().nanos());
    } else if (detail.UnpackTo(&error)) {
      failure.budget_exhausted =
          error.domain() == kErrorDomain && error.reason() == kBudgetExhaustedReason;
    }
  }
}

}  // namespace

RpcFailure ToRpcFailure(const grpc::Status& status) {
  if (status.ok()) return {};
  // The two sets of codes have the same numbers.
  RpcFailure failure;
  failure.status =
      absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  ReadDetails(status.error_details(), failure);
  return failure;
}

}  // namespace provnet
