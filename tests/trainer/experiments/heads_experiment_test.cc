#include "trainer/experiments/heads_experiment.h"

#include <gmock/gmock.h>

#include "tests/testing/status_matchers.h"
#include "tests/trainer/experiments/experiment_fixture.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;
using HeadsExperimentTest = QuickExperimentTest;

TEST_F(HeadsExperimentTest, MeasuresEveryHeadOnEveryShareAndResumesWithoutRepeatingAFit) {
  counter_.stop_in_fit = 3;
  EXPECT_THAT(Run(HeadsExperiment()), StatusIs(absl::StatusCode::kCancelled, HasSubstr("epoch 2")));
  EXPECT_EQ(counter_.fits_begun, 3);

  counter_ = FitCounter();
  const auto result = Run(HeadsExperiment());
  ASSERT_TRUE(result.ok()) << result.status();
  // Two were finished; the third went on after its first epoch.
  EXPECT_EQ(counter_.fits_begun, 8 - 3);

  for (const char* head :
       {"class-conditional", "embedding", "class-independent", "single-branch"}) {
    for (const char* percent : {"50", "100"}) {
      const std::string prefix = std::string(head) + "/" + percent + "/";
      for (const char* share : {"test_accuracy", "index_top1", "index_top5"}) {
        ExpectWithin(*result, prefix + share, 1e-3, 1);
      }
      ExpectWithin(*result, prefix + "samples", percent == std::string("50") ? 150 : 300, 300);
      ExpectWithin(*result, prefix + "parameters", 1000, 1e6);
      ExpectWithin(*result, prefix + "train_seconds", 1e-3, 300);
      ExpectWithin(*result, prefix + "peak_rss_bytes", 1 << 20, 1e11);
    }
  }
  // A head over all samples grows with them; the embedding head doesn't.
  auto metrics = result->metrics;
  EXPECT_GT(metrics["class-independent/100/parameters"],
            metrics["class-independent/50/parameters"]);
  EXPECT_EQ(metrics["embedding/100/parameters"], metrics["embedding/50/parameters"]);
  ASSERT_EQ(result->tables.size(), 1U);
  EXPECT_EQ(result->tables[0].rows.size(), 8U);
  EXPECT_EQ(result->plots.size(), 6U);

  // All on record: nothing is fitted again, and the figures are the same.
  counter_ = FitCounter();
  const auto again = Run(HeadsExperiment());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(counter_.fits_begun, 0);
  EXPECT_EQ(again->metrics, result->metrics);
  // The bundles are gone.
  EXPECT_TRUE(std::filesystem::is_empty(options_.work_directory / "models"));
}

TEST_F(HeadsExperimentTest, RefusesABadDataSetBeforeAnyFitAndLeavesTheFolderToOthers) {
  options_.dataset = "glyphs:3";
  EXPECT_THAT(Run(HeadsExperiment()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("glyphs:3")));
  EXPECT_EQ(counter_.fits_begun, 0);
  options_.dataset = "glyphs:300";
  counter_.stop_in_fit = 1;
  EXPECT_THAT(Run(HeadsExperiment()), StatusIs(absl::StatusCode::kCancelled, HasSubstr("")));
}

}  // namespace
}  // namespace provnet
