#include "server/batching/usable_time.h"

#include <gtest/gtest.h>

namespace provnet {
namespace {

constexpr absl::Duration kLeft = absl::Seconds(1);

class UsableTimeTest : public testing::Test {
 protected:
  // What a task with a second and full batches ahead may take, after `passed` in which one was
  // refused every hundredth second, or nobody.
  double Refusing(absl::Duration passed) {
    for (const absl::Duration end = now_ + passed; now_ < end; now_ += absl::Milliseconds(10)) {
      usable_.Refused(now_);
      usable_.Of(kLeft, now_, true);
    }
    return Of(true);
  }
  double Quiet(absl::Duration passed) {
    now_ += passed;
    return Of(true);
  }
  double Of(bool full_batches_ahead) {
    return absl::ToDoubleSeconds(usable_.Of(kLeft, now_, full_batches_ahead));
  }

  UsableTime usable_;
  absl::Duration now_ = absl::Seconds(1000);
};

TEST_F(UsableTimeTest, IsNineTenthsWhereNobodyIsRefused) {
  EXPECT_DOUBLE_EQ(Of(true), 0.9);
  EXPECT_DOUBLE_EQ(Quiet(absl::Hours(1)), 0.9);
}

TEST_F(UsableTimeTest, FallsToAQuarterWhileTasksAreRefused) {
  EXPECT_DOUBLE_EQ(Of(true), 0.9);
  EXPECT_NEAR(Refusing(absl::Seconds(2)), 0.575, 0.01);
  EXPECT_NEAR(Refusing(absl::Seconds(2)), 0.25, 0.01);
  EXPECT_DOUBLE_EQ(Refusing(absl::Seconds(60)), 0.25);
}

TEST_F(UsableTimeTest, LeavesTheNextBatchAlone) {
  Refusing(absl::Seconds(10));
  EXPECT_DOUBLE_EQ(Of(false), 0.9);
}

TEST_F(UsableTimeTest, RisesAgainMoreSlowlyThanItFalls) {
  Refusing(absl::Seconds(10));
  EXPECT_NEAR(Quiet(absl::Seconds(10)), 0.575, 0.01);
  EXPECT_DOUBLE_EQ(Quiet(absl::Seconds(11)), 0.9);
}

// Where deadlines are ten times as far, so are the queue's ends.
TEST_F(UsableTimeTest, GoesByTheTimeThatTasksHave) {
  for (int i = 0; i < 400; ++i, now_ += absl::Milliseconds(100)) {
    usable_.Refused(now_);
    usable_.Of(10 * kLeft, now_, true);
    if (i != 200) continue;
    EXPECT_NEAR(absl::ToDoubleSeconds(usable_.Of(10 * kLeft, now_, true)), 5.75, 0.1);
  }
  EXPECT_NEAR(absl::ToDoubleSeconds(usable_.Of(10 * kLeft, now_, true)), 2.5, 0.1);
}

TEST_F(UsableTimeTest, WhoHasNoDeadlineMovesNothing) {
  Refusing(absl::Seconds(10));
  EXPECT_EQ(usable_.Of(absl::InfiniteDuration(), now_, true), absl::InfiniteDuration());
  now_ += absl::Seconds(10);
  EXPECT_EQ(usable_.Of(absl::InfiniteDuration(), now_, true), absl::InfiniteDuration());
  EXPECT_DOUBLE_EQ(Of(true), 0.25);
}

}  // namespace
}  // namespace provnet
