#include "server/service/call_environment.h"

#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "server/service/request_id.h"

namespace provnet {

absl::Duration MonotonicDeadline(const grpc::CallbackServerContext& context, const Clock& clock) {
  const absl::Duration left = absl::FromChrono(context.deadline()) - absl::Now();
  // gRPC stands in for "none" with the end of time.
  if (left > absl::Hours(24 * 365)) return absl::InfiniteDuration();
  return clock.Monotonic() + left;
}

std::string ExchangeRequestId(grpc::CallbackServerContext& context) {
  const auto& metadata = context.client_metadata();
  const auto offered = metadata.find(kRequestIdKey);
  std::string id =
      ChooseRequestId(offered == metadata.end()
                          ? absl::string_view()
                          : absl::string_view(offered->second.data(), offered->second.size()));
  context.AddTrailingMetadata(kRequestIdKey, id);
  return id;
}

}  // namespace provnet
