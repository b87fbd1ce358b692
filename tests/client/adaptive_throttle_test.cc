#include "client/adaptive_throttle.h"

#include <gtest/gtest.h>

#include <random>

namespace provnet {
namespace {

struct Flow {
  double sent = 0;
  double taken = 0;
};

// A server that takes `capacity` calls a second, and a tenth of that at once when it was idle
// before, and callers who want `rate` of them, evenly. Time goes on from call to call.
class ThrottledCallers {
 public:
  // The mean flow of `seconds`, in calls a second.
  Flow Run(double rate, double capacity, double seconds) {
    Flow flow;
    for (int i = 0; i < static_cast<int>(rate * seconds); ++i) {
      now_ += absl::Seconds(1 / rate);
      room_ = std::min(room_ + capacity / rate, 1.0 + capacity / 10);
      if (throttle_.HoldsBack(now_, chance_(random_))) continue;
      flow.sent += 1 / seconds;
      if (room_ < 1) {
        throttle_.Refused(now_);
        continue;
      }
      room_ -= 1;
      flow.taken += 1 / seconds;
      throttle_.Taken(now_);
    }
    return flow;
  }

 private:
  AdaptiveThrottle throttle_;
  std::mt19937_64 random_{1};
  std::uniform_real_distribution<double> chance_{0, 1};
  absl::Duration now_ = absl::Seconds(1000);
  double room_ = 0;
};

TEST(AdaptiveThrottleTest, WhereNothingIsRefusedNothingIsHeldBack) {
  ThrottledCallers callers;
  EXPECT_NEAR(callers.Run(500, 1000, 10).sent, 500, 1e-6);
}

TEST(AdaptiveThrottleTest, OfAnOverloadLittleMoreIsSentThanTaken) {
  for (const double overload : {2.0, 10.0, 100.0}) {
    ThrottledCallers callers;
    callers.Run(400 * overload, 400, 10);
    const Flow flow = callers.Run(400 * overload, 400, 10);
    EXPECT_GT(flow.taken, 0.98 * 400) << overload;
    EXPECT_LT(flow.sent, 1.1 * 400) << overload;
  }
}

TEST(AdaptiveThrottleTest, RoomThatComesBackIsUsedWithinSeconds) {
  ThrottledCallers callers;
  callers.Run(1000, 50, 20);
  EXPECT_LT(callers.Run(1000, 50, 5).sent, 70);
  callers.Run(1000, 2000, 10);
  EXPECT_GT(callers.Run(1000, 2000, 1).sent, 990);
}

TEST(AdaptiveThrottleTest, WhoCallsOnceASecondIsNeverHeldBack) {
  AdaptiveThrottle throttle;
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(throttle.HoldsBack(absl::Seconds(i), 0)) << i;
    throttle.Refused(absl::Seconds(i));
  }
}

}  // namespace
}  // namespace provnet
