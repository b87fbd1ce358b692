#include "server/service/grpc_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "google/rpc/status.pb.h"
#include "server/batching/retry_after.h"

namespace provnet {
namespace {

TEST(GrpcStatusTest, KeepsEveryCodeAndMessage) {
  for (int code = 0; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "what and why");
    EXPECT_EQ(static_cast<int>(ToGrpcStatus(status).error_code()), code);
    EXPECT_EQ(ToGrpcStatus(status).error_message(), code == 0 ? "" : "what and why");
  }
}

TEST(GrpcStatusTest, CarriesRetryInfoInTheDetails) {
  const grpc::Status status =
      ToGrpcStatus(WithRetryDelay(absl::ResourceExhaustedError("full"), absl::Milliseconds(1250)));
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), 8);
  EXPECT_EQ(details.message(), "full");
  ASSERT_EQ(details.details_size(), 1);
  google::rpc::RetryInfo info;
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  EXPECT_EQ(info.retry_delay().seconds(), 1);
  EXPECT_EQ(info.retry_delay().nanos(), 250'000'000);
}

TEST(GrpcStatusTest, HasNoDetailsWithoutPayload) {
  EXPECT_EQ(ToGrpcStatus(absl::NotFoundError("gone")).error_details(), "");
}

TEST(GrpcStatusTest, AdvisesToRetryWhereThatHelps) {
  EXPECT_GT(RetryDelay(AdviseRetry(absl::UnavailableError("x"))), absl::ZeroDuration());
  EXPECT_GT(RetryDelay(AdviseRetry(absl::ResourceExhaustedError("x"))), absl::ZeroDuration());
  EXPECT_EQ(RetryDelay(AdviseRetry(absl::InvalidArgumentError("x"))), absl::ZeroDuration());
  EXPECT_TRUE(AdviseRetry(absl::OkStatus()).ok());
}

TEST(GrpcStatusTest, TheQueuesOwnAdviceGoesToTheWire) {
  const absl::Status advised =
      AdviseRetry(WithRetryAfter(absl::ResourceExhaustedError("too long"), absl::Milliseconds(37)));
  EXPECT_EQ(RetryDelay(advised), absl::Milliseconds(37));
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(ToGrpcStatus(advised).error_details()));
  EXPECT_EQ(details.details_size(), 1);
}

TEST(GrpcStatusTest, CutsLongMessagesBetweenCharacters) {
  std::string message;
  while (message.size() < 5000) message += "é";
  // At an odd and at an even offset.
  for (const std::string& text : {message, absl::StrCat("x", message)}) {
    const std::string cut = ToGrpcStatus(absl::NotFoundError(text)).error_message();
    EXPECT_LT(cut.size(), 1100U);
    EXPECT_THAT(cut, testing::EndsWith("é [cut]"));
  }
}

TEST(GrpcStatusTest, RequestErrorsCarryTheDelayInMilliseconds) {
  const v1::RequestError error =
      ToRequestError(WithRetryDelay(absl::UnavailableError("later"), absl::Milliseconds(70)));
  EXPECT_EQ(error.code(), 14);
  EXPECT_EQ(error.message(), "later");
  EXPECT_EQ(error.retry_delay_ms(), 70U);
  EXPECT_EQ(ToRequestError(absl::NotFoundError("gone")).retry_delay_ms(), 0U);
}

}  // namespace
}  // namespace provnet
