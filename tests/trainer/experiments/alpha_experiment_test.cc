#include "trainer/experiments/alpha_experiment.h"

#include <gmock/gmock.h>

#include "tests/trainer/experiments/experiment_fixture.h"

namespace provnet {
namespace {

using AlphaExperimentTest = QuickExperimentTest;

TEST_F(AlphaExperimentTest, TradesSamplesForClasses) {
  const auto result = Run(AlphaExperiment());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(counter_.fits_begun, 2);
  for (const char* alpha : {"0", "1"}) {
    for (const char* figure : {"test_accuracy", "index_top1", "label_agreement_top5"}) {
      ExpectWithin(*result, std::string(alpha) + "/" + figure, 1e-3, 1);
    }
  }
  // A network that never sees a sample as its own target doesn't learn to name it.
  auto metrics = result->metrics;
  EXPECT_GT(metrics["0/index_top5"], metrics["1/index_top5"]);
  ASSERT_EQ(result->plots.size(), 1U);
  for (const Series& series : result->plots[0].series) {
    EXPECT_EQ(series.x, (std::vector<double>{0, 1})) << series.name;
  }

  counter_ = FitCounter();
  const auto again = Run(AlphaExperiment());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(counter_.fits_begun, 0);
  EXPECT_EQ(again->metrics, result->metrics);
}

}  // namespace
}  // namespace provnet
