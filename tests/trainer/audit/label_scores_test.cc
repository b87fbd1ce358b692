#include "trainer/audit/label_scores.h"

#include <gmock/gmock.h>

#include <cmath>

namespace provnet {
namespace {

using ::testing::ElementsAre;

FloatMatrix Rows(std::vector<std::vector<double>> rows, bool logarithms) {
  FloatMatrix matrix(rows.size(), rows.front().size());
  for (size_t i = 0; i < rows.size(); ++i) {
    for (size_t c = 0; c < rows[i].size(); ++c) {
      matrix.row(i)[c] = static_cast<float>(logarithms ? std::log(rows[i][c]) : rows[i][c]);
    }
  }
  return matrix;
}

TEST(LabelScoresTest, MultipliesModelsAndVotes) {
  const FloatMatrix models = Rows({{0.5, 0.25, 0.25}}, true);
  const FloatMatrix votes = Rows({{0.2, 0.6, 0.2}}, false);
  const LabelScores scores = ScoreLabels(models, votes, std::vector<uint32_t>{0});
  // 0.1 : 0.15 : 0.05
  EXPECT_NEAR(scores.probabilities.row(0)[0], 1.0 / 3, 1e-6);
  EXPECT_NEAR(scores.probabilities.row(0)[1], 0.5, 1e-6);
  EXPECT_NEAR(scores.log_odds[0], std::log(1.5), 1e-6);
  EXPECT_THAT(scores.suggested, ElementsAre(1));
}

TEST(LabelScoresTest, SuggestsTheLabelItselfWhereNothingIsMoreProbable) {
  const FloatMatrix models = Rows({{0.1, 0.9}, {0.9, 0.1}}, true);
  const FloatMatrix votes = Rows({{0.5, 0.5}, {0.5, 0.5}}, false);
  const LabelScores scores = ScoreLabels(models, votes, std::vector<uint32_t>{1, 1});
  EXPECT_THAT(scores.suggested, ElementsAre(1, 0));
  EXPECT_NEAR(scores.log_odds[0], -std::log(9), 1e-5);
  EXPECT_NEAR(scores.log_odds[1], std::log(9), 1e-5);
}

TEST(LabelScoresTest, CertainModelsStayFinite) {
  FloatMatrix models(1, 2);
  models.values = {0, -5000};
  const LabelScores scores =
      ScoreLabels(models, Rows({{0.5, 0.5}}, false), std::vector<uint32_t>{1});
  EXPECT_NEAR(scores.log_odds[0], 5000, 1e-3);
  EXPECT_EQ(scores.probabilities.row(0)[0], 1);
}

TEST(LabelScoresTest, VotesCountNeighboursAndLeaveNoClassImpossible) {
  const NeighbourLists neighbours{.k = 3, .entries = {{1, 0.1F}, {2, 0.2F}, {3, 0.3F}}};
  const FloatMatrix votes =
      NeighbourVotes(neighbours, std::vector<uint32_t>{0, 1, 1, 0}, /*classes=*/4);
  ASSERT_EQ(votes.rows(), 1U);
  EXPECT_NEAR(votes.row(0)[0], 1.25 / 4, 1e-6);
  EXPECT_NEAR(votes.row(0)[1], 2.25 / 4, 1e-6);
  EXPECT_NEAR(votes.row(0)[2], 0.25 / 4, 1e-6);
}

}  // namespace
}  // namespace provnet
