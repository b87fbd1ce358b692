#include "trainer/selection/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "trainer/data/random.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<uint64_t> UpTo(uint64_t n) {
  std::vector<uint64_t> all(n);
  std::iota(all.begin(), all.end(), uint64_t{0});
  return all;
}

TEST(CoverageTest, SharesTheBudgetOutOverStrata) {
  // 90 easy samples, 8 in the middle, 2 hard ones.
  std::vector<float> difficulty(100, 0.05F);
  for (size_t i = 90; i < 98; ++i) difficulty[i] = 0.5F;
  difficulty[98] = difficulty[99] = 1.0F;
  const auto picks =
      CoverDifficulty(difficulty, UpTo(100), 18, 1, {.strata = 10, .hard_cutoff = 0});
  // 6 of each, where there are as many: 2 hard, then 8 of the middle and 8 easy.
  const auto count = [&](uint64_t low, uint64_t high) {
    return std::count_if(picks.begin(), picks.end(), [&](auto p) { return p >= low && p < high; });
  };
  EXPECT_EQ(count(98, 100), 2);
  EXPECT_EQ(count(90, 98), 8);
  EXPECT_EQ(count(0, 90), 8);
}

TEST(CoverageTest, LeavesTheHardestOutUnlessTheyAreNeeded) {
  std::vector<float> difficulty;
  for (int i = 0; i < 100; ++i) difficulty.push_back(static_cast<float>(i));
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const auto picks = CoverDifficulty(difficulty, UpTo(100), 60, seed, {.hard_cutoff = 0.2});
    EXPECT_LT(picks.back(), 80u);
  }
  EXPECT_EQ(CoverDifficulty(difficulty, UpTo(100), 90, 1, {.hard_cutoff = 0.2}), UpTo(90));
}

TEST(CoverageTest, AlwaysPicksTheExactNumberOfDifferentCandidates) {
  Rng rng(5);
  for (uint64_t seed = 0; seed < 300; ++seed) {
    std::vector<float> difficulty;
    for (int i = 0; i < 60; ++i) {
      // Many ties, many sparse strata.
      difficulty.push_back(static_cast<float>(rng.Below(2) == 0 ? rng.Below(3) : rng.Below(1000)));
    }
    std::vector<uint64_t> candidates;
    for (uint64_t i = 0; i < 60; i += 1 + rng.Below(2)) candidates.push_back(i);
    const uint64_t count = rng.Below(candidates.size() + 1);
    const CoverageOptions options{.strata = static_cast<uint32_t>(1 + rng.Below(20)),
                                  .hard_cutoff = 0.3 * rng.Uniform()};
    const auto picks = CoverDifficulty(difficulty, candidates, count, seed, options);
    EXPECT_EQ(picks.size(), count);
    EXPECT_EQ(std::set<uint64_t>(picks.begin(), picks.end()).size(), count);
    EXPECT_TRUE(std::includes(candidates.begin(), candidates.end(), picks.begin(), picks.end()));
    EXPECT_EQ(picks, CoverDifficulty(difficulty, candidates, count, seed, options));
  }
}

TEST(CoverageTest, TakesEqualDifficultyForOneStratum) {
  const std::vector<float> difficulty(10, 1.0F);
  EXPECT_EQ(CoverDifficulty(difficulty, UpTo(10), 4, 1).size(), 4u);
  EXPECT_THAT(CoverDifficulty(difficulty, UpTo(10), 0, 1), IsEmpty());
  EXPECT_NE(CoverDifficulty(difficulty, UpTo(10), 4, 1),
            CoverDifficulty(difficulty, UpTo(10), 4, 2));
}

}  // namespace
}  // namespace provnet
