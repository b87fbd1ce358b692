#include "trainer/faithfulness/datamodel_score.h"

#include <gmock/gmock.h>

#include <cmath>

#include "trainer/data/random.h"
#include "trainer/faithfulness/half_subsets.h"

namespace provnet {
namespace {

constexpr size_t kSamples = 40;
constexpr size_t kQueries = 12;
constexpr uint32_t kSubsets = 60;

FloatMatrix RandomScores(uint64_t seed) {
  FloatMatrix scores(kQueries, kSamples);
  Rng rng(seed);
  for (float& value : scores.values) value = static_cast<float>(rng.Normal());
  return scores;
}

// Margins that are exactly the sums of `truth` over each subset, plus noise of `deviation`.
Retrains LinearWorld(const FloatMatrix& truth, uint32_t fits, double deviation) {
  Retrains retrains;
  retrains.subsets = RandomHalves(kSamples, kSubsets, 11);
  Rng rng(99);
  for (uint32_t fit = 0; fit < fits; ++fit) {
    FloatMatrix margins(kSubsets, kQueries);
    for (size_t s = 0; s < kSubsets; ++s) {
      for (size_t q = 0; q < kQueries; ++q) {
        double sum = 0;
        for (uint64_t sample : retrains.subsets[s]) sum += truth.row(q)[sample];
        margins.row(s)[q] = static_cast<float>(sum + deviation * rng.Normal());
      }
    }
    retrains.margins.push_back(margins);
  }
  return retrains;
}

TEST(LinearDatamodelingScore, IsOneForTheTrueContributions) {
  const FloatMatrix truth = RandomScores(1);
  const Interval score = LinearDatamodelingScore(truth, LinearWorld(truth, 2, 0), 50, 5);
  EXPECT_NEAR(score.value, 1, 1e-3);
  EXPECT_NEAR(score.low, 1, 1e-2);
}

TEST(LinearDatamodelingScore, IsNearZeroForScoresOfAnotherWorld) {
  const Interval score =
      LinearDatamodelingScore(RandomScores(2), LinearWorld(RandomScores(1), 2, 0), 200, 5);
  EXPECT_LT(std::abs(score.value), 0.15);
  EXPECT_LT(score.low, score.value);
  EXPECT_GT(score.high, score.value);
}

TEST(LinearDatamodelingScore, DependsOnTheSeedOfTheBootstrapInTheIntervalAlone) {
  const FloatMatrix truth = RandomScores(1);
  const Retrains retrains = LinearWorld(truth, 2, 5);
  const Interval a = LinearDatamodelingScore(truth, retrains, 100, 1);
  const Interval b = LinearDatamodelingScore(truth, retrains, 100, 2);
  EXPECT_EQ(a.value, b.value);
  EXPECT_NE(a.low, b.low);
  EXPECT_EQ(a.low, LinearDatamodelingScore(truth, retrains, 100, 1).low);
}

TEST(DatamodelingScoreDifference, ComparesOnTheSameDraws) {
  const FloatMatrix truth = RandomScores(1), noise = RandomScores(2);
  FloatMatrix blurred = truth;
  for (size_t i = 0; i < blurred.values.size(); ++i) blurred.values[i] += 0.3f * noise.values[i];
  const Retrains retrains = LinearWorld(truth, 2, 5);
  const Interval a = LinearDatamodelingScore(truth, retrains, 200, 5);
  const Interval b = LinearDatamodelingScore(blurred, retrains, 200, 5);
  const Interval lead = DatamodelingScoreDifference(truth, blurred, retrains, 200, 5);
  EXPECT_NEAR(lead.value, a.value - b.value, 1e-12);
  EXPECT_LE(lead.low, lead.value);
  EXPECT_GE(lead.high, lead.value);
  // What both have in common cancels.
  EXPECT_LT(lead.high - lead.low, 0.7 * (a.high - a.low));
  const Interval none = DatamodelingScoreDifference(truth, truth, retrains, 200, 5);
  EXPECT_EQ(none.low, 0);
  EXPECT_EQ(none.high, 0);
}

TEST(SplitHalfCeiling, IsOneWithoutNoise) {
  const Ceiling ceiling = SplitHalfCeiling(LinearWorld(RandomScores(1), 4, 0), 5);
  EXPECT_NEAR(ceiling.fit_to_fit, 1, 1e-6);
  EXPECT_NEAR(ceiling.reliability, 1, 1e-6);
  EXPECT_NEAR(ceiling.best_score, 1, 1e-6);
}

// The sums vary with variance kSamples / 4; noise of the same variance makes single fits correlate
// by half, and the mean over 4 fits be reliable by 4/5.
TEST(SplitHalfCeiling, FollowsTheShareOfNoise) {
  const FloatMatrix truth = RandomScores(1);
  const Retrains retrains = LinearWorld(truth, 4, std::sqrt(kSamples / 4.0));
  const Ceiling ceiling = SplitHalfCeiling(retrains, 5);
  EXPECT_NEAR(ceiling.fit_to_fit, 0.5, 0.12);
  EXPECT_NEAR(ceiling.reliability, 0.8, 0.1);
  // What the truth itself reaches.
  EXPECT_NEAR(ceiling.best_score, LinearDatamodelingScore(truth, retrains, 0, 1).value, 0.05);
}

TEST(SplitHalfCeiling, NeedsTwoFits) {
  EXPECT_EQ(SplitHalfCeiling(LinearWorld(RandomScores(1), 1, 0), 5).reliability, 0);
}

}  // namespace
}  // namespace provnet
