#include "trainer/experiments/detection_rates.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace provnet {
namespace {

TEST(AreaUnderCurveTest, IsTheShareOfPairsThatAreInOrder) {
  EXPECT_EQ(AreaUnderCurve({3, 4}, {1, 2}), 1);
  EXPECT_EQ(AreaUnderCurve({1, 2}, {3, 4}), 0);
  EXPECT_EQ(AreaUnderCurve({5}, {5}), 0.5);
  // 2 beats 1 and ties with 2; 3 beats both.
  EXPECT_EQ(AreaUnderCurve({3, 2}, {2, 1}), 3.5 / 4);
}

TEST(TruePositiveRateAtTest, AllowsNoMoreFalsePositivesThanTheRate) {
  const std::vector<float> negatives = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const std::vector<float> positives = {8.5F, 9, 9.5F, 10, 11};
  EXPECT_EQ(TruePositiveRateAt(positives, negatives, 0.0), 0.2) << "above 10";
  EXPECT_EQ(TruePositiveRateAt(positives, negatives, 0.1), 0.6) << "above 9";
  EXPECT_EQ(TruePositiveRateAt(positives, negatives, 0.19), 0.6);
  EXPECT_EQ(TruePositiveRateAt(positives, negatives, 0.2), 1) << "above 8";
  EXPECT_EQ(TruePositiveRateAt(positives, negatives, 1), 1);
}

TEST(TruePositiveRateAtTest, TiesWithTheThresholdDoNotCount) {
  EXPECT_EQ(TruePositiveRateAt({1, 1, 1}, {1, 1, 0}, 0.4), 0);
}

TEST(NominalRateBandTest, IsThatOfAUniformCountForAReferenceOfOne) {
  // rank 1 of 2: the share is uniform, and so is the count 0 .. 99.
  const CountBand band = NominalRateBand(0.5, 1, 99);
  EXPECT_EQ(band.lower, 2U);
  EXPECT_EQ(band.upper, 97U);
}

TEST(NominalRateBandTest, HoldsWhatRepeatedDrawsGive) {
  constexpr uint64_t kReference = 199, kRecords = 400;
  const CountBand band = NominalRateBand(0.05, kReference, kRecords);
  std::mt19937 random(3);
  std::uniform_real_distribution<double> uniform;
  int within = 0;
  constexpr int kDraws = 2000;
  for (int draw = 0; draw < kDraws; ++draw) {
    std::vector<double> reference(kReference);
    for (double& score : reference) score = uniform(random);
    std::sort(reference.begin(), reference.end());
    // p <= 0.05: at most 9 of 199 are at least as high.
    const double threshold = reference[kReference - 10];
    uint64_t called = 0;
    for (uint64_t i = 0; i < kRecords; ++i) called += uniform(random) > threshold;
    within += called >= band.lower && called <= band.upper;
  }
  EXPECT_GE(within / static_cast<double>(kDraws), 0.94);
  EXPECT_LE(within / static_cast<double>(kDraws), 0.98);
}

TEST(NominalRateBandTest, NarrowsToTheBinomialWhenTheReferenceIsHuge) {
  const CountBand band = NominalRateBand(0.01, 100'000'000, 10'000);
  // 100 +- 1.96 sqrt(99)
  EXPECT_NEAR(static_cast<double>(band.lower), 81, 1);
  EXPECT_NEAR(static_cast<double>(band.upper), 120, 1);
}

}  // namespace
}  // namespace provnet
