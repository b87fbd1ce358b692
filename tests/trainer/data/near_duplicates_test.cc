#include "trainer/data/near_duplicates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/testing/status_matchers.h"
#include "trainer/data/augment.h"
#include "trainer/data/glyphs.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

std::vector<uint8_t> ImageOf(const Dataset& data, uint64_t i) {
  const auto image = data.image(i);
  return {image.begin(), image.end()};
}

double RootMeanSquareDifference(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum / static_cast<double>(a.size())) / 255;
}

bool IsShiftedByOne(const Dataset& data, const InjectedDuplicate& duplicate) {
  std::vector<uint8_t> shifted(data.image_bytes());
  for (const auto& [dx, dy] : {std::pair{1, 0}, {-1, 0}, {0, 1}, {0, -1}}) {
    ShiftInto(data.image(duplicate.original), 1, data.height, data.width, dx, dy, shifted);
    if (shifted == ImageOf(data, duplicate.copy)) return true;
  }
  return false;
}

bool IsRotatedBy5(const Dataset& data, const InjectedDuplicate& duplicate) {
  std::vector<float> rotated(data.image_bytes());
  for (const double degrees : {5.0, -5.0}) {
    RotateInto(data.image(duplicate.original), 1, data.height, data.width, degrees, rotated.data());
    std::vector<uint8_t> bytes;
    for (const float value : rotated)
      bytes.push_back(static_cast<uint8_t>(std::lround(value * 255)));
    if (bytes == ImageOf(data, duplicate.copy)) return true;
  }
  return false;
}

TEST(NearDuplicatesTest, CopiesKeepTheOriginalsNameButNotItsFile) {
  Dataset data = MakeGlyphs(100, 1).train;
  for (size_t i = 0; i < data.size(); ++i) {
    data.source_names.push_back(std::to_string(i) + ".png");
    data.encoded.push_back(std::make_shared<const std::string>("file"));
  }
  const auto injected = InjectNearDuplicates(3, 1, data);
  ASSERT_THAT(injected, IsOk());
  for (const InjectedDuplicate& duplicate : *injected) {
    EXPECT_EQ(data.source_id(duplicate.copy), data.source_id(duplicate.original));
    EXPECT_EQ(data.encoded_file(duplicate.copy), nullptr);
    EXPECT_NE(data.encoded_file(duplicate.original), nullptr);
  }
}

TEST(NearDuplicatesTest, AppendsAlteredCopiesOfDifferentSamplesInTurns) {
  const Dataset before = MakeGlyphs(300, 1).train;
  Dataset data = before;
  const auto injected = InjectNearDuplicates(90, 1, data);
  ASSERT_THAT(injected, IsOk());
  ASSERT_EQ(data.size(), 390U);
  ASSERT_EQ(injected->size(), 90U);
  std::set<uint64_t> originals;
  for (size_t i = 0; i < injected->size(); ++i) {
    const InjectedDuplicate& duplicate = (*injected)[i];
    EXPECT_EQ(duplicate.copy, 300 + i);
    ASSERT_LT(duplicate.original, 300U);
    originals.insert(duplicate.original);
    EXPECT_EQ(duplicate.kind, static_cast<DuplicateKind>(i % 3));
    EXPECT_EQ(data.labels[duplicate.copy], before.labels[duplicate.original]);
    EXPECT_EQ(data.source_id(duplicate.copy), before.source_id(duplicate.original));
  }
  EXPECT_EQ(originals.size(), 90U);
  for (size_t i = 0; i < 300; ++i) ASSERT_EQ(ImageOf(data, i), ImageOf(before, i));
}

TEST(NearDuplicatesTest, AltersEachKindAsItSays) {
  Dataset data = MakeGlyphs(300, 1).train;
  const auto injected = InjectNearDuplicates(90, 1, data);
  ASSERT_THAT(injected, IsOk());
  for (const InjectedDuplicate& duplicate : *injected) {
    SCOPED_TRACE(duplicate.copy);
    if (duplicate.kind == DuplicateKind::kShifted) {
      EXPECT_TRUE(IsShiftedByOne(data, duplicate));
    } else if (duplicate.kind == DuplicateKind::kRotated) {
      EXPECT_TRUE(IsRotatedBy5(data, duplicate));
    } else {
      // Clamping at black takes half of the noise on the background.
      const double difference = RootMeanSquareDifference(ImageOf(data, duplicate.original),
                                                         ImageOf(data, duplicate.copy));
      EXPECT_GT(difference, 0.02);
      EXPECT_LT(difference, 0.055);
    }
  }
}

TEST(NearDuplicatesTest, DependsOnTheSeedAlone) {
  const auto pixels = [](uint64_t seed) {
    Dataset data = MakeGlyphs(100, 1).train;
    EXPECT_THAT(InjectNearDuplicates(10, seed, data), IsOk());
    return data.pixels;
  };
  EXPECT_EQ(pixels(3), pixels(3));
  EXPECT_NE(pixels(3), pixels(4));
}

TEST(NearDuplicatesTest, RefusesMoreCopiesThanSamples) {
  Dataset data = MakeGlyphs(100, 1).train;
  EXPECT_THAT(InjectNearDuplicates(101, 1, data),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("101 near duplicates")));
  EXPECT_EQ(data.size(), 100U);
}

}  // namespace
}  // namespace provnet
