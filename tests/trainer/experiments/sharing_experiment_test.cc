#include "trainer/experiments/sharing_experiment.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/trainer/experiments/experiment_fixture.h"

namespace provnet {
namespace {

using SharingExperimentTest = QuickExperimentTest;

TEST_F(SharingExperimentTest, MeasuresEveryLevelWithFewerParametersTheMoreIsShared) {
  const auto result = Run(SharingExperiment());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(counter_.fits_begun, 8);
  auto metrics = result->metrics;
  for (const char* head : {"class-conditional", "embedding"}) {
    double parameters = 1e9;
    for (const char* level : {"I", "II", "III", "IV"}) {
      const std::string prefix = absl::StrCat(head, "/", level, "/");
      ExpectWithin(*result, prefix + "test_accuracy", 1e-3, 1);
      ExpectWithin(*result, prefix + "index_top1", 1e-3, 1);
      EXPECT_LT(metrics[prefix + "parameters"], parameters) << prefix;
      parameters = metrics[prefix + "parameters"];
    }
  }
  ASSERT_EQ(result->tables.size(), 1U);
  EXPECT_EQ(result->tables[0].rows.size(), 8U);
}

}  // namespace
}  // namespace provnet
