#include "server/service/call_environment.h"

#include <utility>

#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "server/service/grpc_status.h"
#include "server/service/request_id.h"

namespace provnet {

Admission::Admission(const CallEnvironment& environment)
    : in_flight_(environment.in_flight), status_(environment.readiness.Check()) {
  // The last word: after InFlight::Close nobody comes in, whatever was read above.
  if (status_.ok() && !in_flight_.Begin()) status_ = DrainingError();
  status_ = AdviseRetry(std::move(status_));
}

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
