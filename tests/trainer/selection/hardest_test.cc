#include "trainer/selection/hardest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace provnet {
namespace {

using ::testing::ElementsAre;

TEST(HardestTest, TakesTheMostDifficultCandidates) {
  const std::vector<float> difficulty = {9, 1, 5, 3, 7};
  const std::vector<uint64_t> candidates = {1, 2, 3, 4};
  EXPECT_THAT(Hardest(difficulty, candidates, 2, 1), ElementsAre(4, 2));
  EXPECT_THAT(Hardest(difficulty, candidates, 4, 1), ElementsAre(4, 2, 3, 1));
}

TEST(HardestTest, DrawsAmongEquals) {
  const std::vector<float> difficulty = {0, 0, 0, 0, 2};
  const std::vector<uint64_t> all = {0, 1, 2, 3, 4};
  std::set<uint64_t> second;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    const auto hardest = Hardest(difficulty, all, 2, seed);
    EXPECT_EQ(hardest[0], 4u);
    EXPECT_EQ(hardest, Hardest(difficulty, all, 2, seed));
    second.insert(hardest[1]);
  }
  EXPECT_EQ(second.size(), 4u);
}

}  // namespace
}  // namespace provnet
