#include "trainer/experiments/subsets_experiment.h"

#include <gmock/gmock.h>

#include "tests/testing/status_matchers.h"
#include "tests/trainer/experiments/experiment_fixture.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;
using SubsetsExperimentTest = QuickExperimentTest;

TEST_F(SubsetsExperimentTest, MeasuresEveryStrategyAndWhatProvenanceItKeeps) {
  const auto result = Run(SubsetsExperiment());
  ASSERT_TRUE(result.ok()) << result.status();
  ExpectWithin(*result, "full/samples", 300, 300);
  double retained = 0;
  for (const char* strategy : {"random", "herding", "k-center", "el2n", "forgetting", "coverage"}) {
    const std::string prefix = std::string(strategy) + "/30/";
    ExpectWithin(*result, prefix + "samples", 90, 90);
    ExpectWithin(*result, prefix + "test_accuracy", 0.05, 1);
    ExpectWithin(*result, prefix + "index_top5", 1e-3, 1);
    ExpectWithin(*result, prefix + "retained_top5", 0.02, 0.98);
    retained += result->metrics.at(prefix + "retained_top5") / 6;
  }
  // Of any five samples, about the subset's share stays.
  EXPECT_NEAR(retained, 0.3, 0.15);
  ASSERT_EQ(result->tables.size(), 1U);
  EXPECT_EQ(result->tables[0].rows.size(), 7U);
  EXPECT_EQ(result->plots.size(), 2U);

  counter_ = FitCounter();
  EXPECT_EQ(Run(SubsetsExperiment())->metrics, result->metrics);
  EXPECT_EQ(counter_.fits_begun, 0);
}

TEST_F(SubsetsExperimentTest, QuickVariantRefusesALargeDataSetBeforeAnyFit) {
  options_.dataset = "glyphs:2001";
  EXPECT_THAT(Run(SubsetsExperiment()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("glyphs:300")));
  EXPECT_EQ(counter_.fits_begun, 0);
}

}  // namespace
}  // namespace provnet
