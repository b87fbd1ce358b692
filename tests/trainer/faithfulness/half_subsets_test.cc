#include "trainer/faithfulness/half_subsets.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace provnet {
namespace {

TEST(RandomHalves, AreDistinctAscendingHalves) {
  const auto halves = RandomHalves(101, 20, 7);
  ASSERT_EQ(halves.size(), 20U);
  for (const auto& half : halves) {
    EXPECT_EQ(half.size(), 50U);
    EXPECT_TRUE(std::is_sorted(half.begin(), half.end()));
    EXPECT_EQ(std::adjacent_find(half.begin(), half.end()), half.end());
    EXPECT_LT(half.back(), 101U);
  }
  EXPECT_NE(halves[0], halves[1]);
}

TEST(RandomHalves, HoldEachSampleHalfOfTheTime) {
  std::vector<int> held(10);
  for (const auto& half : RandomHalves(10, 1000, 3)) {
    for (uint64_t sample : half) ++held[sample];
  }
  for (int count : held) EXPECT_NEAR(count, 500, 80);
}

TEST(RandomHalves, GrowWithoutChangingTheFirstOnes) {
  const auto few = RandomHalves(30, 3, 5), many = RandomHalves(30, 9, 5);
  EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
  EXPECT_NE(RandomHalves(30, 3, 6), few);
}

}  // namespace
}  // namespace provnet
