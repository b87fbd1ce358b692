#include "trainer/training/one_cycle.h"

#include <gtest/gtest.h>

namespace provnet {
namespace {

constexpr double kPeak = 2e-3;

TEST(OneCycle, RisesOverTheFirstQuarterAndFallsOverTheRest) {
  constexpr uint64_t kSteps = 401;
  EXPECT_DOUBLE_EQ(OneCycleLearningRate(0, kSteps, kPeak), kPeak / 25);
  EXPECT_DOUBLE_EQ(OneCycleLearningRate(100, kSteps, kPeak), kPeak);
  EXPECT_NEAR(OneCycleLearningRate(400, kSteps, kPeak), kPeak / 1e4, 1e-15);
  for (uint64_t step = 1; step < kSteps; ++step) {
    const double before = OneCycleLearningRate(step - 1, kSteps, kPeak);
    const double now = OneCycleLearningRate(step, kSteps, kPeak);
    EXPECT_EQ(now > before, step <= 100) << step;
    EXPECT_LE(now, kPeak);
  }
}

TEST(OneCycle, PassesHalfWayAtTheMiddleOfEachPart) {
  constexpr uint64_t kSteps = 401;
  EXPECT_NEAR(OneCycleLearningRate(50, kSteps, kPeak), (kPeak + kPeak / 25) / 2, 1e-12);
  EXPECT_NEAR(OneCycleLearningRate(250, kSteps, kPeak), (kPeak + kPeak / 1e4) / 2, 1e-12);
}

TEST(OneCycle, IsPositiveForTheShortestRuns) {
  for (uint64_t total = 1; total < 6; ++total) {
    for (uint64_t step = 0; step < total; ++step) {
      EXPECT_GT(OneCycleLearningRate(step, total, kPeak), 0) << step << " of " << total;
    }
  }
}

}  // namespace
}  // namespace provnet
