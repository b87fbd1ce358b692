#include "storage/base/background_pace.h"

#include <time.h>

#include <algorithm>

#include "absl/time/clock.h"
#include "storage/base/clock.h"

namespace provnet {
namespace {

// Shorter ones are not worth a rest.
constexpr absl::Duration kLeastBurst = absl::Milliseconds(2);
constexpr int kRestsPerBurst = 9;
// What can't be interrupted may have taken long; that can't be made good.
constexpr absl::Duration kLongestRest = absl::Milliseconds(400);
// Of a core: the others' share from which on they are worth a rest.
constexpr double kBusy = 0.05;

thread_local BackgroundPace* pace = nullptr;

absl::Duration CpuTime(clockid_t clock) {
  timespec used{};
  clock_gettime(clock, &used);
  return absl::DurationFromTimespec(used);
}

}  // namespace

BackgroundPace::BackgroundPace()
    : rested_(Clock::Steady().Monotonic()),
      process_cpu_(CpuTime(CLOCK_PROCESS_CPUTIME_ID)),
      thread_cpu_(CpuTime(CLOCK_THREAD_CPUTIME_ID)) {
  pace = this;
}

BackgroundPace::~BackgroundPace() { pace = nullptr; }

bool BackgroundPace::OnThisThread() { return pace != nullptr; }

absl::Duration BackgroundPace::Yield() {
  const absl::Duration burst = CpuTime(CLOCK_THREAD_CPUTIME_ID) - thread_cpu_;
  if (burst < kLeastBurst) return absl::ZeroDuration();
  const absl::Duration now = Clock::Steady().Monotonic();
  const absl::Duration process = CpuTime(CLOCK_PROCESS_CPUTIME_ID);
  const absl::Duration others = process - process_cpu_ - burst;
  const bool busy = others > kBusy * (now - rested_);
  rested_ = now;
  process_cpu_ = process;
  const absl::Duration rest =
      busy ? std::min(kRestsPerBurst * burst, kLongestRest) : absl::ZeroDuration();
  absl::SleepFor(rest);
  thread_cpu_ = CpuTime(CLOCK_THREAD_CPUTIME_ID);
  return rest;
}

absl::Duration YieldToForeground() {
  return pace == nullptr ? absl::ZeroDuration() : pace->Yield();
}

}  // namespace provnet
