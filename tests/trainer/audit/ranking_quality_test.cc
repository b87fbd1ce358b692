#include "trainer/audit/ranking_quality.h"

#include <gmock/gmock.h>

#include "trainer/data/random.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;

// All pairs, one by one.
double SlowAreaUnderRoc(const std::vector<double>& scores, const std::vector<bool>& sought) {
  double won = 0, pairs = 0;
  for (size_t a = 0; a < scores.size(); ++a) {
    for (size_t b = 0; b < scores.size(); ++b) {
      if (!sought[a] || sought[b]) continue;
      pairs += 1;
      won += scores[a] > scores[b] ? 1 : scores[a] == scores[b] ? 0.5 : 0;
    }
  }
  return won / pairs;
}

TEST(RankingQualityTest, AreaUnderRocIsTheShareOfPairsInOrder) {
  Rng rng(3);
  for (int round = 0; round < 50; ++round) {
    std::vector<double> scores;
    std::vector<bool> sought = {true, false};
    for (int i = 0; i < 40; ++i) {
      // Few different values, so many ties.
      scores.push_back(static_cast<double>(rng.Below(7)));
      if (i >= 2) sought.push_back(rng.Below(4) == 0);
    }
    EXPECT_NEAR(AreaUnderRoc(scores, sought), SlowAreaUnderRoc(scores, sought), 1e-12);
  }
}

TEST(RankingQualityTest, PerfectReversedAndUninformativeScores) {
  const std::vector<bool> sought = {true, true, false, false};
  EXPECT_EQ(AreaUnderRoc(std::vector<double>{4, 3, 2, 1}, sought), 1);
  EXPECT_EQ(AreaUnderRoc(std::vector<double>{1, 2, 3, 4}, sought), 0);
  EXPECT_EQ(AreaUnderRoc(std::vector<double>{5, 5, 5, 5}, sought), 0.5);
  EXPECT_EQ(AreaUnderRoc(std::vector<double>{1, 2}, {true, true}), 0.5);
  EXPECT_EQ(AreaUnderRoc({}, {}), 0.5);
}

TEST(RankingQualityTest, RanksTiesByPosition) {
  EXPECT_THAT(RankDescending(std::vector<double>{1, 3, 1, 5}), ElementsAre(3, 1, 0, 2));
}

TEST(RankingQualityTest, CountsWhatTheFirstOfTheListHold) {
  const std::vector<double> scores = {9, 8, 7, 6, 5, 4, 3, 2, 1, 0};
  std::vector<bool> sought(10);
  sought[0] = sought[2] = sought[9] = sought[5] = true;
  EXPECT_EQ(FoundInFirst(0, scores, sought), 0);
  EXPECT_EQ(FoundInFirst(0.1, scores, sought), 0.25);
  EXPECT_EQ(FoundInFirst(0.3, scores, sought), 0.5);
  EXPECT_EQ(FoundInFirst(1, scores, sought), 1);
  EXPECT_EQ(FoundInFirst(0.5, scores, std::vector<bool>(10)), 0);
}

}  // namespace
}  // namespace provnet
