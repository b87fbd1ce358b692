#include "trainer/audit/chance_threshold.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace provnet {
namespace {

constexpr size_t kSamples = 1000;
constexpr double kDimension = 8;

// Ratios of independent samples: the i-th of n pairs lies where i are expected.
std::vector<double> ByChance() {
  std::vector<double> ratios;
  for (size_t i = 1; i <= 4 * kSamples; ++i) {
    ratios.push_back(std::pow(static_cast<double>(i) / (4 * kSamples), 1 / kDimension));
  }
  return ratios;
}

size_t Below(const std::vector<double>& ratios, double threshold) {
  return static_cast<size_t>(std::lower_bound(ratios.begin(), ratios.end(), threshold) -
                             ratios.begin());
}

TEST(ChanceThresholdTest, ChanceAloneBringsAboutOnePairBelowIt) {
  const std::vector<double> ratios = ByChance();
  const double threshold = ChanceThreshold(ratios, kSamples);
  EXPECT_NEAR(threshold, std::pow(1.0 / (4 * kSamples), 1 / kDimension), 0.01);
  EXPECT_LE(Below(ratios, threshold), 2U);
}

TEST(ChanceThresholdTest, DuplicatesDontMoveItUntilTheyAreAFourthOfTheSamples) {
  const double alone = ChanceThreshold(ByChance(), kSamples);
  for (const size_t duplicates : {1U, 30U, 100U, 250U}) {
    std::vector<double> ratios = ByChance();
    for (size_t i = 0; i < duplicates; ++i) {
      ratios.push_back(0.01 + 0.2 * static_cast<double>(i) / static_cast<double>(duplicates));
    }
    std::sort(ratios.begin(), ratios.end());
    const double threshold = ChanceThreshold(ratios, kSamples);
    EXPECT_NEAR(threshold, alone, 0.02) << duplicates;
    EXPECT_NEAR(static_cast<double>(Below(ratios, threshold)), static_cast<double>(duplicates), 2);
  }
}

TEST(ChanceThresholdTest, TooFewToTellFindsNothing) {
  EXPECT_EQ(ChanceThreshold({}, 0), 0);
  EXPECT_EQ(ChanceThreshold(std::vector<double>(99 * 4, 0.5), 99), 0);
  EXPECT_EQ(ChanceThreshold(std::vector<double>(150, 0.5), 100), 0);
}

TEST(ChanceThresholdTest, EqualDistancesFindNothing) {
  EXPECT_EQ(ChanceThreshold(std::vector<double>(4 * kSamples, 1), kSamples), 0);
  EXPECT_EQ(ChanceThreshold(std::vector<double>(4 * kSamples, 0), kSamples), 0);
}

}  // namespace
}  // namespace provnet
