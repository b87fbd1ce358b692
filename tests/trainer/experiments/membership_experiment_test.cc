#include "trainer/experiments/membership_experiment.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/testing/status_matchers.h"
#include "tests/trainer/experiments/experiment_fixture.h"

namespace provnet {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using MembershipExperimentTest = QuickExperimentTest;

TEST_F(MembershipExperimentTest, MeasuresBothHeadsAgainstTheBaselines) {
  options_.dataset = "glyphs:1200";
  const auto result = Run(MembershipExperiment());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(counter_.fits_begun, 2);
  for (const std::string head : {"", "class_conditional_"}) {
    // Better than chance even after a quick fit.
    ExpectWithin(*result, head + "auc", 0.55, 1);
    for (const char* name : {"tpr_at_fpr_0_001", "tpr_at_fpr_0_01", "shifted_auc", "noisy_auc",
                             "shifted_tpr_at_fpr_0_001", "noisy_tpr_at_fpr_0_01"}) {
      ExpectWithin(*result, head + name, 0, 1);
    }
    // 300 references resolve 1 % and 5 %, not 0.1 %.
    EXPECT_FALSE(result->metrics.contains(head + "fpr_at_nominal_0_001"));
    for (const std::string rate : {"0_01", "0_05"}) {
      const std::string name = head + "fpr_at_nominal_" + rate;
      ExpectWithin(*result, name, 0, 0.2);
      ExpectWithin(*result, name + "_lower", 0, 0.05);
      ExpectWithin(*result, name + "_upper", result->metrics.at(name + "_lower") + 1e-6, 0.2);
      ExpectWithin(*result, head + "tpr_at_nominal_" + rate, 0, 1);
    }
  }
  ASSERT_EQ(result->tables.size(), 3U);
  EXPECT_EQ(result->tables[0].rows.size(), 4U) << "two rates of two heads";
  for (size_t table : {1, 2}) {
    EXPECT_EQ(result->tables[table].rows.size(), 7U * 3U);
    // What needs no network knows exact copies, and only those.
    EXPECT_THAT(result->tables[table].rows,
                Contains(ElementsAre("digest", "as trained", "1.00000", "100.00 %", "100.00 %")));
    EXPECT_THAT(result->tables[table].rows,
                Contains(ElementsAre("digest", "noisy", "0.50000", "0.00 %", "0.00 %")));
    EXPECT_THAT(
        result->tables[table].rows,
        Contains(ElementsAre("pixel_distance", "as trained", "1.00000", "100.00 %", "100.00 %")));
  }
}

TEST_F(MembershipExperimentTest, RefusesABadDataSetBeforeAnyFit) {
  options_.dataset = "glyphs:3";
  EXPECT_THAT(Run(MembershipExperiment()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("glyphs:3")));
  EXPECT_EQ(counter_.fits_begun, 0);
}

}  // namespace
}  // namespace provnet
