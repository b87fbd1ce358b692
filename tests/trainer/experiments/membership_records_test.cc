#include "trainer/experiments/membership_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "tests/testing/status_matchers.h"
#include "trainer/data/glyphs.h"
#include "trainer/export/training_data.h"

namespace provnet {
namespace {

std::set<uint64_t> Sources(const Dataset& data) {
  return {data.source_positions.begin(), data.source_positions.end()};
}

TEST(MembershipRecordsTest, NonMembersAreWhatNeitherTrainingNorCalibrationSaw) {
  v1::TrainingConfig config;
  config.set_dataset("glyphs:600");
  config.set_subset_fraction(0.4);
  config.set_seed(3);
  config.set_membership_reference("100");
  const auto used = LoadTrainingData(config);
  ASSERT_THAT(used, IsOk());
  const auto records = LoadMembershipRecords(config);
  ASSERT_THAT(records, IsOk());
  EXPECT_EQ(records->members.pixels, used->data.train.pixels);
  const std::set<uint64_t> members = Sources(records->members);
  const std::set<uint64_t> reference = Sources(used->non_members);
  const std::set<uint64_t> others = Sources(records->non_members);
  EXPECT_EQ(members.size() + reference.size() + others.size(), 600U);
  for (const uint64_t source : others) {
    EXPECT_FALSE(members.contains(source)) << source;
    EXPECT_FALSE(reference.contains(source)) << source;
  }
}

TEST(AlteredRecordsTest, ShiftsEveryImageByOnePixel) {
  const Dataset images = MakeGlyphs(60, 1).train;
  const Dataset shifted = ShiftedByOnePixel(images, 5);
  const auto at = [](const Dataset& data, size_t i, int x, int y) {
    const int side = static_cast<int>(data.width);
    if (x < 0 || y < 0 || x >= side || y >= side) return 0;
    return int{data.image(i)[static_cast<size_t>(y * side + x)]};
  };
  for (size_t i = 0; i < images.size(); ++i) {
    int fitting = 0;
    for (const auto& [dx, dy] : {std::pair(1, 0), {-1, 0}, {0, 1}, {0, -1}}) {
      bool same = true;
      for (int y = 0; y < 28; ++y) {
        for (int x = 0; x < 28; ++x)
          same = same && at(shifted, i, x, y) == at(images, i, x - dx, y - dy);
      }
      fitting += same;
    }
    EXPECT_EQ(fitting, 1) << i;
  }
  EXPECT_EQ(shifted.labels, images.labels);
}

TEST(AlteredRecordsTest, NoiseHasTheDeviationThatIsPromised) {
  Dataset grey = MakeGlyphs(60, 1).train;
  std::fill(grey.pixels.begin(), grey.pixels.end(), uint8_t{128});
  const Dataset noisy = WithLightNoise(grey, 5);
  double squares = 0;
  for (const uint8_t pixel : noisy.pixels) squares += (pixel - 128.0) * (pixel - 128.0);
  EXPECT_NEAR(std::sqrt(squares / static_cast<double>(noisy.pixels.size())), 0.05 * 255, 0.3);
  EXPECT_EQ(noisy.pixels, WithLightNoise(grey, 5).pixels);
  EXPECT_NE(noisy.pixels, WithLightNoise(grey, 6).pixels);
}

}  // namespace
}  // namespace provnet
