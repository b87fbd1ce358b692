#include "client/rpc_failure.h"

#include <string>

#include "google/rpc/status.pb.h"

namespace provnet {
namespace {

std::optional<absl::Duration> RetryDelayIn(const std::string& details) {
  google::rpc::Status rich;
  if (details.empty() || !rich.ParseFromString(details)) return std::nullopt;
  for (const google::protobuf::Any& detail : rich.details()) {
    google::rpc::RetryInfo info;
    if (!detail.UnpackTo(&info)) continue;
    return absl::Seconds(info.retry_delay().seconds()) +
           absl::Nanoseconds(info.retry_delay().nanos());
  }
  return std::nullopt;
}

}  // namespace

RpcFailure ToRpcFailure(const grpc::Status& status) {
  if (status.ok()) return {};
  // The two sets of codes have the same numbers.
  return {absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message()),
          RetryDelayIn(status.error_details())};
}

}  // namespace provnet
