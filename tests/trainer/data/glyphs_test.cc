#include "trainer/data/glyphs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <vector>

#include "trainer/data/dataset_checks.h"

namespace provnet {
namespace {

using ::testing::Each;

const DatasetPair& Glyphs() {
  static const DatasetPair* data = new DatasetPair(MakeGlyphs(2000, 1));
  return *data;
}

int SquaredDistance(std::span<const uint8_t> a, std::span<const uint8_t> b) {
  int sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

TEST(GlyphsTest, MakesAValidDatasetOfTheRequestedSize) {
  const auto& [train, test] = Glyphs();
  EXPECT_TRUE(ValidateDataset(Glyphs()).ok()) << ValidateDataset(Glyphs());
  EXPECT_EQ(train.size(), 2000u);
  EXPECT_EQ(test.size(), 1000u);
  EXPECT_EQ(train.height, 28u);
  EXPECT_EQ(train.width, 28u);
  EXPECT_EQ(train.channels, 1u);
  EXPECT_EQ(train.source_id(3), "glyphs-train-seed1#3");
  EXPECT_EQ(test.source_id(3), "glyphs-test-seed1#3");
  EXPECT_EQ(MakeGlyphs(7200, 1).test.size(), 1200u);
}

TEST(GlyphsTest, BalancesTheClassesInRandomOrder) {
  const DatasetPair data = MakeGlyphs(1005, 3);
  std::array<int, 10> counts = {};
  for (const uint32_t label : data.train.labels) ++counts[label];
  EXPECT_THAT(counts, Each(::testing::AnyOf(100, 101)));
  const std::vector<uint32_t> first(data.train.labels.begin(), data.train.labels.begin() + 10);
  const std::vector<uint32_t> second(data.train.labels.begin() + 10,
                                     data.train.labels.begin() + 20);
  EXPECT_NE(first, second);
}

TEST(GlyphsTest, DependsOnTheSeedAndNotOnThreads) {
  const DatasetPair one = MakeGlyphs(1500, 42, 1);
  const DatasetPair three = MakeGlyphs(1500, 42, 3);
  EXPECT_TRUE(one.train.pixels == three.train.pixels);
  EXPECT_TRUE(one.test.pixels == three.test.pixels);
  EXPECT_EQ(one.train.labels, three.train.labels);
  EXPECT_FALSE(one.train.pixels == MakeGlyphs(1500, 43, 3).train.pixels);
}

TEST(GlyphsTest, DrawsTheSamePixelsOnEveryPlatform) {
  // Changes with every deliberate change of the drawing, and must not otherwise.
  EXPECT_EQ(Fingerprint(MakeGlyphs(1000, 1).train),
            "d1ea3f2050e79d90ab9c0a61c6d55c625d34e71735633ed0d3331e60425c565d");
}

TEST(GlyphsTest, ContinuesASmallerSetsTrainingImages) {
  const DatasetPair small = MakeGlyphs(300, 1);
  EXPECT_TRUE(std::equal(small.train.pixels.begin(), small.train.pixels.end(),
                         Glyphs().train.pixels.begin()));
}

TEST(GlyphsTest, NeverRepeatsAnImage) {
  std::set<std::vector<uint8_t>> seen;
  for (const Dataset* part : {&Glyphs().train, &Glyphs().test}) {
    for (size_t i = 0; i < part->size(); ++i) {
      seen.emplace(part->image(i).begin(), part->image(i).end());
    }
  }
  EXPECT_EQ(seen.size(), 3000u);
}

TEST(GlyphsTest, LeavesTheBorderFreeAndInksEveryImage) {
  for (size_t i = 0; i < Glyphs().train.size(); ++i) {
    const auto image = Glyphs().train.image(i);
    int border = 0;
    int dark = 0;
    for (int p = 0; p < 784; ++p) {
      const int x = p % 28;
      const int y = p / 28;
      if (x == 0 || y == 0 || x == 27 || y == 27) border += image[p];
      dark += image[p] > 200;
    }
    EXPECT_LT(border, 28 * 40) << "image " << i;
    EXPECT_GT(dark, 15) << "image " << i;
    EXPECT_LT(dark, 350) << "image " << i;
  }
}

TEST(GlyphsTest, ResemblesItsClassMoreThanOthers) {
  const auto& [train, test] = Glyphs();
  int right = 0;
  int64_t distances = 0;
  for (size_t i = 0; i < 500; ++i) {
    int nearest = std::numeric_limits<int>::max();
    uint32_t label = 0;
    for (size_t j = 0; j < train.size(); ++j) {
      const int distance = SquaredDistance(test.image(i), train.image(j));
      if (distance < nearest) {
        nearest = distance;
        label = train.labels[j];
      }
    }
    right += label == test.labels[i];
    distances += nearest;
  }
  EXPECT_GE(right, 450);
  // Even the nearest of 2,000 images is another one: a root mean square of 20 grey levels or more.
  EXPECT_GT(distances / 500, 784 * 20 * 20);
}

}  // namespace
}  // namespace provnet
