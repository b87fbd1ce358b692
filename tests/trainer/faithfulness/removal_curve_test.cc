#include "trainer/faithfulness/removal_curve.h"

#include <gmock/gmock.h>

#include <cmath>

namespace provnet {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

TEST(CurveOf, CountsFlipsAndAveragesTheFallOfTheMargin) {
  const std::vector<RemovalBaseline> baselines = {{.predicted = 3, .margin = 2},
                                                  {.predicted = 1, .margin = 5}};
  // The first query flips at 40 and back at 80; the second never.
  const RemovalCurve curve = CurveOf("m", {20, 40, 80}, baselines,
                                     {{{3, 1.5}, {7, -1}, {3, 0}}, {{1, 5.5}, {1, 4}, {1, 1}}});
  EXPECT_EQ(curve.method, "m");
  EXPECT_THAT(curve.flip_rates, ElementsAre(0, 0.5, 0));
  EXPECT_THAT(curve.margin_drops, ElementsAre(0, 2, 3));
  // Of 3 and 1: deviation sqrt(2), over sqrt(2).
  EXPECT_THAT(curve.margin_drop_errors[1], DoubleNear(1, 1e-12));
  EXPECT_THAT(curve.smallest_flips, ElementsAre(40U, absl::nullopt));
}

TEST(CurveOf, HasNoErrorForASingleQuery) {
  const RemovalCurve curve = CurveOf("m", {20}, {{0, 1}}, {{{1, -1}}});
  EXPECT_THAT(curve.flip_rates, ElementsAre(1));
  EXPECT_THAT(curve.margin_drop_errors, ElementsAre(0));
}

}  // namespace
}  // namespace provnet
