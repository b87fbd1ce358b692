#include "trainer/export/membership_scores.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/testing/fake_servable.h"
#include "tests/testing/status_matchers.h"

namespace provnet {
namespace {

using ::testing::Pointwise;

bool Never() { return false; }

// Image i has the pixel values class * 25.5, then score: the fake predicts that class, and gives
// every statistic that score (plus 1 in another class than it predicts).
Dataset Records(const std::vector<uint32_t>& predicted, const std::vector<uint8_t>& scores,
                const std::vector<uint32_t>& labels) {
  Dataset data{.channels = 1,
               .height = 4,
               .width = 4,
               .pixels = std::vector<uint8_t>(labels.size() * 16),
               .labels = labels,
               .class_names = std::vector<std::string>(10, "x"),
               .source_name = "made",
               .source_positions = {}};
  for (size_t i = 0; i < labels.size(); ++i) {
    data.pixels[i * 16] = static_cast<uint8_t>(predicted[i] * 255 / 10);
    data.pixels[i * 16 + 1] = scores[i];
    data.source_positions.push_back(i);
  }
  return data;
}

const Dataset& Members() {
  static const Dataset members = Records({1, 2, 3}, {50, 40, 60}, {1, 2, 5});
  return members;
}

const Dataset& Others() {
  static const Dataset others = Records({4, 5}, {9, 7}, {4, 0});
  return others;
}

MATCHER(IsNear, "") { return std::abs(std::get<0>(arg) - std::get<1>(arg)) < 1e-3F; }

TEST(MeasureRecordsTest, MeasuresInTheOwnAndInThePredictedClass) {
  const FakeServable servable({});
  const auto measured = MeasureRecords(servable, Members(), Never);
  ASSERT_THAT(measured.status(), IsOk());
  ASSERT_EQ(measured->size(), 3U);
  EXPECT_NEAR((*measured)[0].with_label.margin, 50, 1e-3);
  EXPECT_NEAR((*measured)[0].without_label.margin, 50, 1e-3);
  EXPECT_NEAR((*measured)[0].class_probability, 0.55, 1e-6);
  EXPECT_NEAR((*measured)[2].with_label.margin, 61, 1e-3) << "predicted to be another class";
  EXPECT_NEAR((*measured)[2].without_label.margin, 60, 1e-3);
  EXPECT_NEAR((*measured)[2].class_probability, 0.05, 1e-6);
}

TEST(MeasureRecordsTest, StopsWhenAsked) {
  const FakeServable servable({});
  EXPECT_EQ(MeasureRecords(servable, Members(), [] { return true; }).status().code(),
            absl::StatusCode::kCancelled);
}

TEST(CalibrateMembershipTest, SortsTheScoresOfBothKinds) {
  const FakeServable servable({});
  const auto calibration =
      CalibrateMembership(servable, Members(), Others(), {"others", "made"}, 1, Never);
  ASSERT_THAT(calibration, IsOk());
  EXPECT_EQ(calibration->reference_name(), "others");
  EXPECT_EQ(calibration->reference_source(), "made");
  EXPECT_EQ(calibration->index_precision(), "fp32");
  EXPECT_EQ(calibration->statistic(), MembershipStatisticFor(v1::HEAD_TYPE_EMBEDDING));
  using Scores = std::vector<float>;
  EXPECT_THAT(calibration->with_label().member(), Pointwise(IsNear(), Scores{40, 50, 61}));
  EXPECT_THAT(calibration->without_label().member(), Pointwise(IsNear(), Scores{40, 50, 60}));
  EXPECT_THAT(calibration->with_label().non_member(), Pointwise(IsNear(), Scores{8, 9}));
  EXPECT_THAT(calibration->without_label().non_member(), Pointwise(IsNear(), Scores{7, 9}));
}

}  // namespace
}  // namespace provnet
