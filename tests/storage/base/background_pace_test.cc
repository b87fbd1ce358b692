#include "storage/base/background_pace.h"

#include <gtest/gtest.h>
#include <time.h>

#include <atomic>
#include <thread>

namespace provnet {
namespace {

absl::Duration ThreadCpu() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return absl::DurationFromTimespec(used);
}

void Compute(absl::Duration time) {
  const absl::Duration end = ThreadCpu() + time;
  while (ThreadCpu() < end) {
  }
}

// Computes all the time, while it lives.
class BusyThread {
 public:
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
  const BusyThread others;
  const BackgroundPace pace;
  EXPECT_TRUE(BackgroundPace::OnThisThread());
  Compute(absl::Milliseconds(5));
  EXPECT_GE(YieldToForeground(), absl::Milliseconds(45));
  // Only what came after the rest counts.
  Compute(absl::Microseconds(100));
  EXPECT_EQ(YieldToForeground(), absl::ZeroDuration());
  Compute(absl::Milliseconds(300));
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
