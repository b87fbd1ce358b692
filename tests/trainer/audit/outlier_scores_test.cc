#include "trainer/audit/outlier_scores.h"

#include <gmock/gmock.h>

namespace provnet {
namespace {

TEST(OutlierScoresTest, ComparesDistancesWithinEachFold) {
  NeighbourLists neighbours{.k = 2, .entries = {}};
  std::vector<uint32_t> fold_of;
  for (int i = 0; i < 40; ++i) {
    const uint32_t fold = static_cast<uint32_t>(i % 2);
    // The second fold's model measures on a tenfold scale.
    const float distance = (1 + 0.01F * static_cast<float>(i / 2)) * (fold == 1 ? 10 : 1);
    neighbours.entries.insert(neighbours.entries.end(), {{0, distance}, {1, distance}});
    fold_of.push_back(fold);
  }
  neighbours.entries[2 * 6].distance = neighbours.entries[2 * 6 + 1].distance = 5;
  const Outliers outliers = ScoreOutliers(neighbours, fold_of);
  ASSERT_EQ(outliers.scores.size(), 40U);
  for (size_t i = 0; i < 40; ++i) {
    if (i == 6) {
      EXPECT_GT(outliers.scores[i], outliers.fence);
    } else {
      EXPECT_LT(outliers.scores[i], outliers.fence) << i;
      EXPECT_NEAR(outliers.scores[i], 1, 0.15) << i;
    }
  }
}

TEST(OutlierScoresTest, NoDistanceAtAllIsNoOutlier) {
  const NeighbourLists neighbours{.k = 1, .entries = {{1, 0}, {0, 0}}};
  const Outliers outliers = ScoreOutliers(neighbours, std::vector<uint32_t>{0, 0});
  for (const double score : outliers.scores) EXPECT_LE(score, outliers.fence);
  EXPECT_TRUE(ScoreOutliers({}, {}).scores.empty());
}

}  // namespace
}  // namespace provnet
