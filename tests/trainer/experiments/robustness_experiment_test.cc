#include "trainer/experiments/robustness_experiment.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/testing/status_matchers.h"
#include "tests/trainer/experiments/experiment_fixture.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;
using RobustnessExperimentTest = QuickExperimentTest;

TEST_F(RobustnessExperimentTest, MeasuresEveryNetworkUnderEveryCorruption) {
  counter_.stop_at_note = "measuring under blur";
  EXPECT_THAT(Run(RobustnessExperiment()), StatusIs(absl::StatusCode::kCancelled, HasSubstr("")));
  EXPECT_EQ(counter_.fits_begun, 1);
  counter_ = FitCounter();
  const auto result = Run(RobustnessExperiment());
  ASSERT_TRUE(result.ok()) << result.status();
  // Of three networks and two seeds one was fitted already, and only its measuring was repeated.
  EXPECT_EQ(counter_.fits_begun, 6 - 1);

  auto metrics = result->metrics;
  for (const char* corruption :
       {"noise/0.4", "rotation/60", "shift/1", "shift/4", "blur/2", "occlusion/14"}) {
    for (const char* network : {"class-conditional", "embedding", "plain"}) {
      const std::string prefix = absl::StrCat(network, "/", corruption, "/");
      ExpectWithin(*result, prefix + "accuracy/mean", 1e-3, 1);
      ExpectWithin(*result, prefix + "accuracy/stddev", 0, 0.5);
      if (network == std::string("plain")) {
        EXPECT_EQ(metrics.count(prefix + "retrieval_top1/mean"), 0U);
        continue;
      }
      ExpectWithin(*result, prefix + "label_agreement_top5/mean", 1e-3, 1);
      ExpectWithin(*result, prefix + "retrieval_top5/mean", metrics[prefix + "retrieval_top1/mean"],
                   1);
    }
  }
  // A clean training image finds its own vector; a damaged one less often.
  const auto embedding = [&](const char* name) {
    return metrics[absl::StrCat("embedding/", name, "/retrieval_top1/mean")];
  };
  EXPECT_GT(embedding("shift/0"), 0.99);
  EXPECT_EQ(embedding("shift/0"), embedding("noise/0"));
  EXPECT_LT(embedding("shift/4"), embedding("shift/0"));
  EXPECT_LT(embedding("occlusion/14"), embedding("occlusion/0"));
  // Four figures for each of five corruptions.
  EXPECT_EQ(result->plots.size(), 20U);
  EXPECT_EQ(result->tables.size(), 5U);
  for (const Series& series : result->plots[0].series) {
    EXPECT_EQ(series.y_error.size(), series.y.size()) << series.name;
  }
}

}  // namespace
}  // namespace provnet
