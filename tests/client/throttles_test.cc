#include "client/throttles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace provnet {
namespace {

const RpcFailure kTaken = {};
const RpcFailure kRefused = {absl::ResourceExhaustedError("busy"), absl::Milliseconds(70)};

// After 100 calls of that outcome.
std::optional<RpcFailure> HeldBackAfter(const RpcFailure& outcome, absl::string_view key = "a") {
  Throttles throttles;
  for (int i = 0; i < 100; ++i) throttles.Observe("a", absl::Seconds(1), outcome);
  return throttles.HoldBack(key, absl::Seconds(1), 0.5);
}

TEST(ThrottlesTest, WhatIsHeldBackLooksRefused) {
  const std::optional<RpcFailure> failure = HeldBackAfter(kRefused);
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(failure->status.message()), testing::HasSubstr("was not sent"));
  EXPECT_EQ(failure->retry_delay, absl::Milliseconds(70));
}

TEST(ThrottlesTest, OneModelsOverloadIsNotAnothers) {
  EXPECT_FALSE(HeldBackAfter(kRefused, "b").has_value());
}

TEST(ThrottlesTest, OnlyOverloadHoldsBack) {
  EXPECT_FALSE(HeldBackAfter(kTaken).has_value());
  EXPECT_FALSE(HeldBackAfter({absl::UnavailableError("gone"), {}}).has_value());
  // A message over the size limit, which has nothing to do with load.
  EXPECT_FALSE(HeldBackAfter({absl::ResourceExhaustedError("too large"), {}}).has_value());
  // A budget that is used up, for a moment or until tomorrow.
  for (const absl::Duration delay : {absl::Seconds(1), absl::Hours(9)}) {
    EXPECT_FALSE(HeldBackAfter({absl::ResourceExhaustedError("used up"), delay, true}).has_value());
  }
}

TEST(ThrottlesTest, ASlowModelsLongAdviceIsOverload) {
  EXPECT_TRUE(HeldBackAfter({absl::ResourceExhaustedError("busy"), absl::Minutes(2)}).has_value());
}

}  // namespace
}  // namespace provnet
