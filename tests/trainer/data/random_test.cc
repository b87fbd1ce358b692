#include "trainer/data/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

namespace provnet {
namespace {

using ::testing::ElementsAre;

TEST(RngTest, DrawsTheSameNumbersOnEveryPlatform) {
  Rng rng(1);
  EXPECT_THAT((std::array{rng.Next(), rng.Next(), rng.Next()}),
              ElementsAre(0xb3f2af6d0fc710c5u, 0x853b559647364ceau, 0x92f89756082a4514u));
}

TEST(RngTest, UniformStaysInRangeAndFillsIt) {
  Rng rng(7);
  double sum = 0;
  double low = 1;
  double high = 0;
  for (int i = 0; i < 20'000; ++i) {
    const double value = rng.Uniform();
    low = std::min(low, value);
    high = std::max(high, value);
    sum += value;
  }
  EXPECT_GE(low, 0.0);
  EXPECT_LT(low, 0.001);
  EXPECT_LT(high, 1.0);
  EXPECT_GT(high, 0.999);
  EXPECT_NEAR(sum / 20'000, 0.5, 0.01);
}

TEST(RngTest, BelowIsUniform) {
  Rng rng(3);
  std::array<int, 7> counts = {};
  for (int i = 0; i < 70'000; ++i) ++counts[rng.Below(7)];
  for (const int count : counts) EXPECT_NEAR(count, 10'000, 500);
  EXPECT_EQ(rng.Below(1), 0u);
}

TEST(RngTest, NormalHasMeanZeroVarianceOneAndNormalTails) {
  Rng rng(11);
  double sum = 0;
  double squares = 0;
  int beyond_two = 0;
  for (int i = 0; i < 50'000; ++i) {
    const double value = rng.Normal();
    sum += value;
    squares += value * value;
    beyond_two += value > 2 || value < -2;
  }
  EXPECT_NEAR(sum / 50'000, 0, 0.02);
  EXPECT_NEAR(squares / 50'000, 1, 0.03);
  EXPECT_NEAR(beyond_two / 50'000.0, 0.0455, 0.005);
}

TEST(RngTest, ShufflePermutes) {
  std::vector<int> values(100);
  for (int i = 0; i < 100; ++i) values[i] = i;
  std::vector<int> shuffled = values;
  Rng(5).Shuffle(shuffled);
  EXPECT_NE(shuffled, values);
  EXPECT_TRUE(std::is_permutation(shuffled.begin(), shuffled.end(), values.begin()));
}

TEST(MixSeedTest, GivesDistinctStreams) {
  std::set<uint64_t> seeds;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    for (uint64_t stream = 0; stream < 100; ++stream) seeds.insert(MixSeed(seed, stream));
  }
  EXPECT_EQ(seeds.size(), 10'000u);
}

}  // namespace
}  // namespace provnet
