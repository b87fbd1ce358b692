#include "client/bench/pause.h"

#include <grpc/support/time.h>

#include <utility>

namespace provnet {
namespace {

// After a failure without advice.
constexpr absl::Duration kUnadvised = absl::Milliseconds(10);

}  // namespace

absl::Duration PauseAfter(const RpcFailure& failure) {
  return failure.status.ok() ? absl::ZeroDuration() : failure.retry_delay.value_or(kUnadvised);
}

void Pause::Begin(absl::Duration duration, std::function<void()> then) {
  const gpr_timespec pause = gpr_time_from_nanos(absl::ToInt64Nanoseconds(duration), GPR_TIMESPAN);
  alarm_.emplace();
  alarm_->Set(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC), pause),
              [then = std::move(then)](bool) { then(); });
}

}  // namespace provnet
