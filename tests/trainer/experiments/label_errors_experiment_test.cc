#include "trainer/experiments/label_errors_experiment.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "tests/testing/status_matchers.h"
#include "tests/trainer/experiments/experiment_fixture.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;
using LabelErrorsExperimentTest = QuickExperimentTest;

TEST_F(LabelErrorsExperimentTest, MeasuresWhatTheAuditFindsAndTheBaselinesBesideIt) {
  options_.threads = 2;
  const auto result = Run(LabelErrorsExperiment());
  ASSERT_TRUE(result.ok()) << result.status();
  ExpectWithin(*result, "auroc_symmetric_10", 0.9, 1);
  ExpectWithin(*result, "auroc_asymmetric_10", 0.85, 1);
  ExpectWithin(*result, "auroc_asymmetric_20", 0.8, 1);
  ExpectWithin(*result, "found_in_first_10_percent_symmetric_10", 0.6, 1);
  ExpectWithin(*result, "near_duplicate_precision", 0.7, 1);
  ExpectWithin(*result, "near_duplicate_recall", 0.8, 1);
  for (const char* baseline : {"_self_confidence", "_neighbours"}) {
    ExpectWithin(*result, std::string("auroc_symmetric_10") + baseline, 0.8, 1);
  }
  ExpectWithin(*result, "auroc_symmetric_10_index_entropy", 0.2, 0.9);
  ExpectWithin(*result, "auroc_symmetric_10_random", 0.3, 0.7);
  EXPECT_GT(result->metrics.at("auroc_symmetric_10"),
            result->metrics.at("auroc_symmetric_10_index_entropy"));
  EXPECT_EQ(result->plots.size(), 3U);
  EXPECT_GE(result->tables.size(), 3U);
  for (const auto& entry : std::filesystem::directory_iterator(options_.work_directory)) {
    EXPECT_THAT(entry.path().filename().string(), HasSubstr("steps"));
  }

  // All on record.
  counter_ = FitCounter();
  const auto again = Run(LabelErrorsExperiment());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(counter_.fits_begun, 0);
  EXPECT_EQ(again->metrics, result->metrics);
}

TEST_F(LabelErrorsExperimentTest, StopsWhenAskedAndRefusesABadDataSet) {
  counter_.stop = true;
  EXPECT_THAT(Run(LabelErrorsExperiment()),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("stopped")));
  counter_ = FitCounter();
  options_.dataset = "glyphs:3";
  EXPECT_THAT(Run(LabelErrorsExperiment()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("glyphs:3")));
  EXPECT_EQ(counter_.fits_begun, 0);
}

}  // namespace
}  // namespace provnet
