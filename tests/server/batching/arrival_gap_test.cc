#include "server/batching/arrival_gap.h"

#include <gtest/gtest.h>

namespace provnet {
namespace {

constexpr absl::Duration Ms(int64_t ms) { return absl::Milliseconds(ms); }

TEST(ArrivalGapTest, IsInfiniteBeforeTheSecondArrival) {
  ArrivalGap gap;
  EXPECT_EQ(gap.mean(), absl::InfiniteDuration());
  EXPECT_EQ(gap.last(), -absl::InfiniteDuration());
  gap.Observe(Ms(100));
  EXPECT_EQ(gap.mean(), absl::InfiniteDuration());
  EXPECT_EQ(gap.last(), Ms(100));
  gap.Observe(Ms(103));
  EXPECT_EQ(gap.mean(), Ms(3));
}

TEST(ArrivalGapTest, FollowsARateThatChanges) {
  ArrivalGap gap;
  int64_t now = 0;
  for (int i = 0; i < 200; ++i) gap.Observe(Ms(now += 10));
  EXPECT_EQ(gap.mean(), Ms(10));
  for (int i = 0; i < 16; ++i) gap.Observe(Ms(now += 2));
  EXPECT_LT(gap.mean(), Ms(6));
  EXPECT_GT(gap.mean(), Ms(4));
}

TEST(ArrivalGapTest, SoonForgetsASilence) {
  ArrivalGap gap;
  for (int i = 0; i <= 200; ++i) gap.Observe(Ms(i));
  gap.Observe(Ms(200) + absl::Hours(1));
  EXPECT_LT(gap.mean(), Ms(5));
}

}  // namespace
}  // namespace provnet
