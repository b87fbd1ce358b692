#include "trainer/faithfulness/rank_correlation.h"

#include <gmock/gmock.h>

namespace provnet {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

TEST(AverageRanks, SharesTheRankOfEqualValues) {
  EXPECT_THAT(AverageRanks(std::vector<double>{30, 10, 20, 10}), ElementsAre(4, 1.5, 3, 1.5));
  EXPECT_TRUE(AverageRanks({}).empty());
}

TEST(PearsonCorrelation, IsOneForALineAndZeroForAConstant) {
  const std::vector<double> x = {1, 2, 3, 5}, line = {7, 9, 11, 15}, constant = {4, 4, 4, 4};
  EXPECT_DOUBLE_EQ(PearsonCorrelation(x, line), 1);
  EXPECT_EQ(PearsonCorrelation(x, constant), 0);
  EXPECT_EQ(PearsonCorrelation({}, {}), 0);
}

TEST(SpearmanCorrelation, SeesOrderAlone) {
  const std::vector<double> x = {1, 2, 3, 4}, cubes = {1, 8, 27, 64}, falling = {9, 7, 2, -5};
  EXPECT_DOUBLE_EQ(SpearmanCorrelation(x, cubes), 1);
  EXPECT_DOUBLE_EQ(SpearmanCorrelation(x, falling), -1);
}

// The ten pairs of IQ and hours of television in Spearman's usual worked example.
TEST(SpearmanCorrelation, AgreesWithAWorkedExample) {
  const std::vector<double> iq = {106, 100, 86, 101, 99, 103, 97, 113, 112, 110};
  const std::vector<double> hours = {7, 27, 2, 50, 28, 29, 20, 12, 6, 17};
  EXPECT_THAT(SpearmanCorrelation(iq, hours), DoubleNear(-29.0 / 165, 1e-12));
}

}  // namespace
}  // namespace provnet
