#include "server/service/call_environment.h"

#include <grpc/support/time.h>

#include <utility>

#include "absl/strings/string_view.h"
#include "server/service/grpc_status.h"
#include "server/service/request_id.h"

namespace provnet {

Admission::Admission(const CallEnvironment& environment, const Caller& caller)
    : in_flight_(environment.in_flight), status_(caller.status()) {
  if (status_.ok()) status_ = environment.readiness.Check();
  // The last word: after InFlight::Close nobody comes in, whatever was read above.
  if (status_.ok() && !in_flight_.Begin()) status_ = DrainingError();
  status_ = AdviseRetry(std::move(status_));
}

absl::Duration MonotonicDeadline(const grpc::CallbackServerContext& context, const Clock& clock) {
  // Not by the wall clock, which may jump between gRPC's look at it and ours.
  const gpr_timespec deadline = gpr_convert_clock_type(context.raw_deadline(), GPR_CLOCK_MONOTONIC);
  // gRPC stands in for "none" with the end of time.
  if (gpr_time_cmp(deadline, gpr_inf_future(GPR_CLOCK_MONOTONIC)) == 0)
    return absl::InfiniteDuration();
  const gpr_timespec left = gpr_time_sub(deadline, gpr_now(GPR_CLOCK_MONOTONIC));
  return clock.Monotonic() + absl::Seconds(left.tv_sec) + absl::Nanoseconds(left.tv_nsec);
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
