#include "server/batching/retry_after.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace provnet {
namespace {

TEST(RetryAfterTest, ComesBackToTheNanosecond) {
  const absl::Status status =
      WithRetryAfter(absl::ResourceExhaustedError("full"), absl::Nanoseconds(1'234'567'891));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(status.message(), "full");
  EXPECT_THAT(RetryAfter(status), testing::Optional(absl::Nanoseconds(1'234'567'891)));
}

TEST(RetryAfterTest, IsAbsentUnlessAttached) {
  EXPECT_EQ(RetryAfter(absl::ResourceExhaustedError("full")), std::nullopt);
  EXPECT_EQ(RetryAfter(absl::OkStatus()), std::nullopt);
  const absl::Status status = WithRetryAfter(absl::UnavailableError("later"), absl::Seconds(1));
  EXPECT_EQ(WithoutRetryAfter(status), absl::UnavailableError("later"));
}

}  // namespace
}  // namespace provnet
