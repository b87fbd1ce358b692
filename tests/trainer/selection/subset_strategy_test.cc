#include "trainer/selection/subset_strategy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(SubsetStrategyTest, NamesAreReadBack) {
  for (const SubsetStrategy strategy :
       {SubsetStrategy::kRandom, SubsetStrategy::kHerding, SubsetStrategy::kKCenter,
        SubsetStrategy::kEl2n, SubsetStrategy::kForgetting, SubsetStrategy::kCoverage}) {
    EXPECT_EQ(*ParseSubsetStrategy(SubsetStrategyName(strategy)), strategy);
  }
  EXPECT_THAT(ParseSubsetStrategy("best"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("--subset-strategy=best"), HasSubstr("k-center"))));
}

}  // namespace
}  // namespace provnet
