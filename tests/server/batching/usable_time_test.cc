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

TEST_F(UsableTimeTest, WhoHasNoDeadlineSaysNothingAboutOthers) {
  Refusing(absl::Seconds(10));
  for (int i = 0; i < 100; ++i, now_ += absl::Milliseconds(100))
    EXPECT_EQ(usable_.Of(absl::InfiniteDuration(), now_, true), absl::InfiniteDuration());
  // Half of the twenty seconds that the rise takes.
  EXPECT_NEAR(Of(true), 0.575, 0.01);
}

TEST_F(UsableTimeTest, NeitherDoesWhoCameTooLate) {
  for (int i = 0; i < 100; ++i, now_ += absl::Milliseconds(5)) {
    EXPECT_EQ(usable_.Of(-absl::Microseconds(100), now_, true), -absl::Microseconds(100));
    EXPECT_EQ(usable_.Of(absl::ZeroDuration(), now_, true), absl::ZeroDuration());
  }
  EXPECT_DOUBLE_EQ(Of(true), 0.9);
}

TEST_F(UsableTimeTest, OneInAHurryDoesNotEndTheOverloadOfOthers) {
  Refusing(absl::Seconds(10));
  for (int i = 0; i < 50; ++i, now_ += absl::Milliseconds(20)) {
    usable_.Of(absl::Milliseconds(1), now_, true);
    for (int j = 0; j < 10; ++j) usable_.Of(kLeft, now_, true);
  }
  EXPECT_LT(Of(true), 0.3);
}

}  // namespace
}  // namespace provnet
