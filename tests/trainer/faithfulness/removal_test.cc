#include "trainer/faithfulness/removal.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(HighestScored, TakesTheLargestAndTheFirstAmongEquals) {
  const std::vector<float> scores = {1, 5, -2, 5, 3, 3};
  EXPECT_THAT(HighestScored(scores, 3), ElementsAre(1, 3, 4));
  EXPECT_THAT(HighestScored(scores, 0), IsEmpty());
  EXPECT_EQ(HighestScored(scores, 6).size(), 6U);
}

TEST(RandomOfClass, DrawsNestedSetsOfTheClass) {
  std::vector<uint32_t> labels;
  for (uint32_t i = 0; i < 60; ++i) labels.push_back(i % 3);
  const auto few = RandomOfClass(labels, 1, 5, 9), many = RandomOfClass(labels, 1, 12, 9);
  EXPECT_EQ(few.size(), 5U);
  EXPECT_TRUE(std::includes(many.begin(), many.end(), few.begin(), few.end()));
  for (uint64_t sample : many) EXPECT_EQ(labels[sample], 1U);
  EXPECT_EQ(RandomOfClass(labels, 1, 100, 9).size(), 20U);
  EXPECT_NE(RandomOfClass(labels, 1, 5, 10), few);
}

TEST(AllBut, LeavesTheOthers) {
  EXPECT_THAT(AllBut(5, {1, 3}), ElementsAre(0, 2, 4));
  EXPECT_THAT(AllBut(2, {}), ElementsAre(0, 1));
}

TEST(DigestOf, TellsSetsApart) {
  EXPECT_EQ(DigestOf({1, 23}).size(), 16U);
  EXPECT_EQ(DigestOf({1, 23}), DigestOf({1, 23}));
  EXPECT_NE(DigestOf({1, 23}), DigestOf({12, 3}));
  EXPECT_NE(DigestOf({}), DigestOf({0}));
}

std::vector<float> Logarithms(const std::vector<double>& probabilities) {
  std::vector<float> logarithms;
  for (double p : probabilities) logarithms.push_back(static_cast<float>(std::log(p)));
  return logarithms;
}

TEST(ConsensusOf, PredictsByMeanProbability) {
  // One sure fit outweighs two that waver the other way.
  const std::vector<std::vector<float>> fits = {
      Logarithms({0.05, 0.9, 0.05}), Logarithms({0.5, 0.4, 0.1}), Logarithms({0.5, 0.4, 0.1})};
  EXPECT_EQ(ConsensusOf(fits, 0).predicted, 1U);
  const double margin = (std::log(0.9 / 0.1) + 2 * std::log(0.4 / 0.6)) / 3;
  EXPECT_NEAR(ConsensusOf(fits, 1).margin, margin, 1e-5);
}

TEST(ConsensusOf, HasFiniteMarginsForSureFits) {
  EXPECT_NEAR(ConsensusOf({{-200, 0, -300}}, 1).margin, 200, 1e-3);
  EXPECT_NEAR(ConsensusOf({{-200, 0, -300}}, 2).margin, -300, 1e-3);
}

}  // namespace
}  // namespace provnet
