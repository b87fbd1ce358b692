#include "trainer/experiments/images_experiment.h"

#include <gmock/gmock.h>

#include "tests/testing/status_matchers.h"
#include "tests/trainer/data/image_folders.h"
#include "tests/trainer/experiments/experiment_fixture.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;
using ImagesExperimentTest = QuickExperimentTest;

TEST_F(ImagesExperimentTest, ComparesTheNetworkWithAPlainClassifierOnAFolderOfImages) {
  testing::WriteTar(folder_ / "pictures.tar", testing::ThreeClasses("", 150));
  options_.dataset = "images:" + (folder_ / "pictures.tar").string();
  const auto result = Run(ImagesExperiment());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(counter_.fits_begun, 2);
  for (const char* name : {"provenance/test_accuracy", "plain/test_accuracy"}) {
    ExpectWithin(*result, name, 0, 1);
  }
  ExpectWithin(*result, "provenance/samples", 90, 110);
  ExpectWithin(*result, "provenance/index_top5", 0.01, 1);
  ExpectWithin(*result, "plain/train_seconds", 1e-3, 300);
  for (const char* name : {"auc", "plain/auc"}) ExpectWithin(*result, name, 0.3, 1);
  auto metrics = result->metrics;
  EXPECT_DOUBLE_EQ(metrics["accuracy_cost"],
                   metrics["plain/test_accuracy"] - metrics["provenance/test_accuracy"]);
  ASSERT_EQ(result->tables.size(), 1U);
  EXPECT_EQ(result->tables[0].rows.size(), 2U);
  for (const auto& row : result->tables[0].rows) {
    EXPECT_EQ(row.size(), result->tables[0].columns.size());
  }
  EXPECT_THAT(result->notes.back(), HasSubstr("views mirrored"));

  counter_ = FitCounter();
  EXPECT_EQ(Run(ImagesExperiment())->metrics, result->metrics);
  EXPECT_EQ(counter_.fits_begun, 0);
}

}  // namespace
}  // namespace provnet
