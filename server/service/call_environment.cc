#include "server/service/call_environment.h"

#include <grpc/support/time.h>

#include <iterator>
#include <utility>

#include "absl/strings/string_view.h"
#include "server/service/grpc_status.h"
#include "server/service/request_id.h"

namespace provnet {
namespace {

// Empty when the caller sent none, or several that contradict each other.
absl::string_view OnlyValue(const grpc::CallbackServerContext& context, const char* key) {
  const auto [first, last] = context.client_metadata().equal_range(key);
  if (first == last || std::next(first) != last) return {};
  return {first->second.data(), first->second.size()};
}

}  // namespace

Admission::Admission(const CallEnvironment& environment, const Caller& caller, bool stream)
    : in_flight_(environment.in_flight), stream_(stream), status_(caller.status()) {
  if (status_.ok()) status_ = environment.readiness.Check();
  // The last word: after InFlight::Close nobody comes in, whatever was read above.
  if (status_.ok()) status_ = in_flight_.Begin(stream_);
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

RequestIdentity ExchangeIdentity(grpc::CallbackServerContext& context, const Tracing* tracing) {
  const absl::string_view offered = OnlyValue(context, kRequestIdKey);
  RequestIdentity identity{ChooseRequestId(offered)};
  context.AddTrailingMetadata(kRequestIdKey, identity.id);
  if (const auto parent = ParseTraceParent(OnlyValue(context, kTraceParentKey))) {
    identity.trace = {ChildOf(*parent), parent->span_id};
  } else if (tracing != nullptr) {
    if (auto own = MaybeNewTrace(tracing->sample_ratio)) identity.trace = {*std::move(own), ""};
  }
  if (identity.trace.has_value())
    context.AddTrailingMetadata(kTraceResponseKey, identity.trace->own.ToString());
  return identity;
}

}  // namespace provnet
