#include "trainer/audit/confident_joint.h"

#include <gmock/gmock.h>

namespace provnet {
namespace {

using ::testing::ElementsAre;

FloatMatrix Matrix(size_t columns, std::vector<float> values) {
  FloatMatrix matrix;
  matrix.columns = columns;
  matrix.values = std::move(values);
  return matrix;
}

TEST(ConfidentJointTest, CountsByHandMadeThresholds) {
  // Class 0: thresholds (0.9 + 0.7 + 0.2) / 3 = 0.6; class 1: (0.8 + 0.6 + 0.1) / 3 = 0.5.
  const FloatMatrix probabilities = Matrix(2, {0.9F, 0.1F,  //
                                               0.7F, 0.3F,  //
                                               0.2F, 0.8F,  //
                                               0.2F, 0.8F,  //
                                               0.4F, 0.6F,  //
                                               0.9F, 0.1F});
  const std::vector<uint32_t> labels = {0, 0, 0, 1, 1, 1};
  const ConfidentJoint joint = EstimateConfidentJoint(probabilities, labels);
  EXPECT_NEAR(joint.thresholds[0], 0.6, 1e-6);
  EXPECT_NEAR(joint.thresholds[1], 0.5, 1e-6);
  EXPECT_THAT(joint.counts, ElementsAre(ElementsAre(2, 1), ElementsAre(1, 2)));
  EXPECT_NEAR(joint.estimated_errors, 2, 1e-9);
}

TEST(ConfidentJointTest, LeavesOutWhatReachesNoThresholdAndScalesToTheClassSize) {
  // Class 0's threshold is 0.5; its samples of 0.5 and 0.55 reach it, that of 0.45 reaches none.
  const FloatMatrix probabilities = Matrix(3, {0.55F, 0.25F, 0.2F,  //
                                               0.5F, 0.25F, 0.25F,  //
                                               0.45F, 0.25F, 0.3F,  //
                                               0.5F, 0.5F, 0.0F,    //
                                               0.05F, 0.9F, 0.05F,  //
                                               0.05F, 0.05F, 0.9F});
  const std::vector<uint32_t> labels = {0, 0, 0, 0, 1, 2};
  const ConfidentJoint joint = EstimateConfidentJoint(probabilities, labels);
  EXPECT_THAT(joint.counts[0], ElementsAre(3, 0, 0));
  EXPECT_NEAR(joint.calibrated[0][0], 4, 1e-9);
  EXPECT_NEAR(joint.estimated_errors, 0, 1e-9);
}

TEST(ConfidentJointTest, PrefersTheMostProbableAmongThoseAboveTheirThresholds) {
  // 0.45 reaches class 1's low threshold and 0.5 class 0's: class 0 has more.
  const FloatMatrix probabilities = Matrix(2, {0.5F, 0.5F,    //
                                               0.55F, 0.45F,  //
                                               0.6F, 0.4F});
  const ConfidentJoint joint =
      EstimateConfidentJoint(probabilities, std::vector<uint32_t>{0, 1, 1});
  EXPECT_NEAR(joint.thresholds[1], 0.425, 1e-6);
  EXPECT_THAT(joint.counts[1], ElementsAre(2, 0));
  EXPECT_NEAR(joint.estimated_errors, 2, 1e-9);
}

TEST(ConfidentJointTest, AClassWithoutSamplesTakesNone) {
  const FloatMatrix probabilities = Matrix(3, {0.8F, 0.1F, 0.1F, 0.1F, 0.8F, 0.1F});
  const ConfidentJoint joint = EstimateConfidentJoint(probabilities, std::vector<uint32_t>{0, 1});
  EXPECT_EQ(joint.thresholds[2], 1);
  EXPECT_THAT(joint.calibrated[2], ElementsAre(0, 0, 0));
  EXPECT_NEAR(joint.estimated_errors, 0, 1e-9);
}

}  // namespace
}  // namespace provnet
