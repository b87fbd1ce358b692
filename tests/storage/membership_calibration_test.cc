#include "storage/membership_calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "storage/base/file_io.h"
#include "storage/bundle_layout.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

v1::MembershipScores Scores() {
  v1::MembershipScores scores;
  for (const float score : {-7.25F, -0.1F, -0.1F, 3e-7F}) scores.add_non_member(score);
  scores.add_member(0.3333333F);
  return scores;
}

v1::MembershipCalibration Example() {
  v1::MembershipCalibration calibration;
  calibration.set_reference_name("held-out images");
  calibration.set_reference_source("glyphs:600");
  calibration.set_statistic(v1::MEMBERSHIP_STATISTIC_MARGIN);
  calibration.set_index_precision("fp32");
  *calibration.mutable_with_label() = *calibration.mutable_without_label() = Scores();
  return calibration;
}

class MembershipCalibrationTest : public ::testing::Test {
 protected:
  TempDir folder_;
};

TEST_F(MembershipCalibrationTest, ComesBackAsItWasWritten) {
  ASSERT_THAT(WriteMembershipCalibration(folder_.path(), Example()), IsOk());
  const auto read = ReadMembershipCalibration(folder_.path());
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->SerializeAsString(), Example().SerializeAsString()) << "to the last bit";
}

TEST_F(MembershipCalibrationTest, PassesOverFieldsThatItDoesNotKnow) {
  ASSERT_THAT(WriteMembershipCalibration(folder_.path(), Example()), IsOk());
  std::string json = *ReadFile(folder_ / kCalibrationFile);
  json.insert(json.find('{') + 1, "\"added_later\": [1, 2],");
  ASSERT_THAT(WriteFileDurably(folder_ / kCalibrationFile, json), IsOk());
  EXPECT_THAT(ReadMembershipCalibration(folder_.path()), IsOk());
}

TEST_F(MembershipCalibrationTest, SaysThatThereIsNone) {
  EXPECT_THAT(ReadMembershipCalibration(folder_.path()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(kCalibrationFile)));
}

TEST_F(MembershipCalibrationTest, RefusesWhatIsNoCalibrationWithTheFilesName) {
  for (const char* text : {"", "no JSON", "[]", "{\"statistic\": \"MEMBERSHIP_STATISTIC_TAROT\"}",
                           "{\"with_label\": {\"member\": [\"x\"]}}", "{}"}) {
    ASSERT_THAT(WriteFileDurably(folder_ / kCalibrationFile, text), IsOk());
    EXPECT_THAT(ReadMembershipCalibration(folder_.path()),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(kCalibrationFile)))
        << text;
  }
}

TEST_F(MembershipCalibrationTest, WritesNothingThatItWouldNotRead) {
  const struct {
    std::function<void(v1::MembershipCalibration&)> change;
    std::string message;
  } rows[] = {
      {[](auto& c) { c.clear_reference_name(); }, "reference_name"},
      {[](auto& c) { c.set_statistic(v1::MEMBERSHIP_STATISTIC_UNSPECIFIED); }, "statistic is 0"},
      {[](auto& c) { c.set_index_precision("bf16"); }, "\"bf16\""},
      {[](auto& c) { c.mutable_with_label()->clear_member(); }, "with_label.member"},
      {[](auto& c) { c.clear_without_label(); }, "without_label.non_member"},
      {[](auto& c) { c.mutable_with_label()->add_non_member(-1); }, "ascending"},
      {[](auto& c) { c.mutable_with_label()->add_member(std::numeric_limits<float>::infinity()); },
       "finite"},
  };
  for (const auto& row : rows) {
    v1::MembershipCalibration calibration = Example();
    row.change(calibration);
    EXPECT_THAT(WriteMembershipCalibration(folder_.path(), calibration),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(kCalibrationFile), HasSubstr(row.message))));
  }
}

}  // namespace
}  // namespace provnet
