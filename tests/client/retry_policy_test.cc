#include "client/retry_policy.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace provnet {
namespace {

constexpr absl::StatusCode kUnavailable = absl::StatusCode::kUnavailable;
constexpr absl::StatusCode kExhausted = absl::StatusCode::kResourceExhausted;

struct Row {
  std::string name;
  FailedAttempt failed;
  std::optional<absl::Duration> expected;
};

// 5 attempts; 100 ms, 200 ms, 400 ms, 800 ms, capped at 500 ms.
RetryOptions Options() { return {5, absl::Milliseconds(100), absl::Milliseconds(500), 2.0}; }

TEST(RetryDelayTest, FollowsTheTable) {
  const auto ms = [](int n) { return absl::Milliseconds(n); };
  const absl::Duration plenty = absl::Minutes(1);
  const Row rows[] = {
      {"first backoff", {kUnavailable, 1, std::nullopt, plenty, 0.5}, ms(50)},
      {"no jitter is no wait", {kUnavailable, 1, std::nullopt, plenty, 0}, ms(0)},
      {"doubles", {kUnavailable, 2, std::nullopt, plenty, 0.5}, ms(100)},
      {"doubles again", {kUnavailable, 3, std::nullopt, plenty, 0.5}, ms(200)},
      {"is capped", {kUnavailable, 4, std::nullopt, plenty, 0.5}, ms(250)},
      {"last attempt", {kUnavailable, 5, std::nullopt, plenty, 0.5}, std::nullopt},
      {"server's delay comes on top", {kUnavailable, 1, ms(700), plenty, 0.5}, ms(750)},
      {"server's delay is not capped", {kExhausted, 1, ms(9000), plenty, 0}, ms(9000)},
      {"server's delay of zero", {kExhausted, 1, ms(0), plenty, 0.5}, ms(50)},
      {"negative delay is none", {kExhausted, 1, ms(-5), plenty, 0.5}, ms(50)},
      {"exhausted without RetryInfo", {kExhausted, 1, std::nullopt, plenty, 0.5}, std::nullopt},
      {"backoff would reach the deadline",
       {kUnavailable, 1, std::nullopt, ms(50), 0.5},
       std::nullopt},
      {"backoff just before the deadline", {kUnavailable, 1, std::nullopt, ms(51), 0.5}, ms(50)},
      {"server's delay passes the deadline", {kExhausted, 1, ms(2000), ms(1000), 0}, std::nullopt},
      {"deadline has passed", {kUnavailable, 1, std::nullopt, ms(-1), 0}, std::nullopt},
      {"no deadline", {kUnavailable, 1, std::nullopt, absl::InfiniteDuration(), 0.5}, ms(50)},
      {"invalid argument",
       {absl::StatusCode::kInvalidArgument, 1, std::nullopt, plenty, 0.5},
       std::nullopt},
      {"invalid, even with RetryInfo",
       {absl::StatusCode::kInvalidArgument, 1, ms(1), plenty, 0.5},
       std::nullopt},
      {"deadline exceeded",
       {absl::StatusCode::kDeadlineExceeded, 1, std::nullopt, plenty, 0.5},
       std::nullopt},
      {"internal", {absl::StatusCode::kInternal, 1, std::nullopt, plenty, 0.5}, std::nullopt},
  };
  for (const Row& row : rows)
    EXPECT_EQ(RetryDelay(Options(), row.failed), row.expected) << row.name;
}

TEST(RetryDelayTest, IsSwitchedOffByOneAttempt) {
  RetryOptions options;
  options.max_attempts = 1;
  EXPECT_EQ(RetryDelay(options, {kUnavailable, 1, std::nullopt, absl::Minutes(1), 0}),
            std::nullopt);
}

TEST(RetryOptionsTest, NamesTheFieldThatIsOutOfRange) {
  EXPECT_TRUE(Validate(RetryOptions()).ok());
  const std::pair<RetryOptions, std::string> rows[] = {
      {{0, absl::Seconds(1), absl::Seconds(2), 2}, "max_attempts is 0"},
      {{1, absl::Seconds(3), absl::Seconds(2), 2}, "backoff runs from 3s to 2s"},
      {{1, absl::Seconds(1), absl::Seconds(2), 0.5}, "multiplier is 0.5"},
  };
  for (const auto& [options, message] : rows) {
    absl::Status status = Validate(options);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_NE(status.message().find(message), std::string::npos) << status;
  }
}

}  // namespace
}  // namespace provnet
