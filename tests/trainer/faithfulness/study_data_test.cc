#include "trainer/faithfulness/study_data.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "tests/testing/status_matchers.h"
#include "tests/trainer/training/small_data.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class StudyDataTest : public ::testing::Test {
 protected:
  StudyDataTest() {
    settings_.samples = 30;
    settings_.queries = 10;
    settings_.removal_pool = 20;
  }
  const DatasetPair data_{SmallData(90, 1), SmallData(45, 2)};
  StudySettings settings_;
};

TEST_F(StudyDataTest, DrawsEachClassInItsProportionAndEachTestSampleOnce) {
  const auto drawn = DrawStudyData(data_, settings_, 3);
  ASSERT_TRUE(drawn.ok()) << drawn.status();
  EXPECT_EQ(drawn->samples.size(), 30U);
  for (uint32_t label : {0, 1, 2}) {
    EXPECT_EQ(std::count(drawn->samples.labels.begin(), drawn->samples.labels.end(), label), 10);
  }
  EXPECT_EQ(drawn->asked.size(), 30U);
  EXPECT_EQ(
      std::set<uint64_t>(drawn->asked.source_positions.begin(), drawn->asked.source_positions.end())
          .size(),
      30U);
}

TEST_F(StudyDataTest, DependsOnTheSeed) {
  const auto drawn = DrawStudyData(data_, settings_, 3);
  EXPECT_EQ(DrawStudyData(data_, settings_, 3)->asked.source_positions,
            drawn->asked.source_positions);
  EXPECT_NE(DrawStudyData(data_, settings_, 4)->asked.source_positions,
            drawn->asked.source_positions);
  EXPECT_NE(DrawStudyData(data_, settings_, 4)->samples.source_positions,
            drawn->samples.source_positions);
}

TEST_F(StudyDataTest, NamesWhatIsMissing) {
  settings_.samples = 91;
  EXPECT_THAT(DrawStudyData(data_, settings_, 3),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("90 training samples"), HasSubstr("needs 91"))));
  settings_.samples = 30;
  settings_.queries = 26;
  EXPECT_THAT(DrawStudyData(data_, settings_, 3),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("45 test samples"), HasSubstr("needs 46"))));
}

}  // namespace
}  // namespace provnet
