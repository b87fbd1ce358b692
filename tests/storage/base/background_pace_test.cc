#include "storage/base/background_pace.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <time.h>

#include <atomic>
#include <thread>

#include "absl/time/clock.h"

namespace provnet {
namespace {

absl::Duration CpuTime(clockid_t clock) {
  timespec used{};
  clock_gettime(clock, &used);
  return absl::DurationFromTimespec(used);
}

void Compute(absl::Duration time) {
  const absl::Duration end = CpuTime(CLOCK_THREAD_CPUTIME_ID) + time;
  while (CpuTime(CLOCK_THREAD_CPUTIME_ID) < end) {
  }
}

// Computes all the time, while it lives.
class BusyThread {
 public:
  // However busy the machine is: until the thread has had that much of it.
  void AwaitComputed(absl::Duration time) {
    clockid_t clock;
    ASSERT_EQ(pthread_getcpuclockid(thread_.native_handle(), &clock), 0);
    const absl::Duration end = CpuTime(clock) + time;
    while (CpuTime(clock) < end) absl::SleepFor(absl::Milliseconds(1));
  }

  ~BusyThread() {
    stop_ = true;
    thread_.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::thread thread_{[this] {
    while (!stop_) {
    }
  }};
};

TEST(BackgroundPaceTest, RestsInProportionWhereOthersCompute) {
  BusyThread others;
  const BackgroundPace pace;
  EXPECT_TRUE(BackgroundPace::OnThisThread());
  Compute(absl::Milliseconds(5));
  others.AwaitComputed(absl::Milliseconds(5));
  EXPECT_GE(YieldToForeground(), absl::Milliseconds(45));
  // Only what came after the rest counts.
  Compute(absl::Microseconds(100));
  EXPECT_EQ(YieldToForeground(), absl::ZeroDuration());
  Compute(absl::Milliseconds(300));
  others.AwaitComputed(absl::Milliseconds(50));
  EXPECT_EQ(YieldToForeground(), absl::Milliseconds(400));
}

TEST(BackgroundPaceTest, GoesOnWhereNobodyElseComputes) {
  const BackgroundPace pace;
  Compute(absl::Milliseconds(20));
  EXPECT_EQ(YieldToForeground(), absl::ZeroDuration());
}

TEST(BackgroundPaceTest, IsOfItsThreadAndItsScope) {
  const BusyThread others;
  {
    const BackgroundPace pace;
    std::thread([] {
      EXPECT_FALSE(BackgroundPace::OnThisThread());
      Compute(absl::Milliseconds(5));
      EXPECT_EQ(YieldToForeground(), absl::ZeroDuration());
    }).join();
  }
  EXPECT_FALSE(BackgroundPace::OnThisThread());
  Compute(absl::Milliseconds(5));
  EXPECT_EQ(YieldToForeground(), absl::ZeroDuration());
}

}  // namespace
}  // namespace provnet
