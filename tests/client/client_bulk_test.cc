#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "client/client.h"
#include "tests/client/fake_provenance_server.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

class ClientBulkTest : public ::testing::Test {
 protected:
  Client MakeClient() {
    ClientOptions options;
    options.target = server_.target();
    options.max_in_flight = 4;
    options.environment.sleep = [this](absl::Duration duration) { slept_ += duration; };
    return *Client::Create(options);
  }

  // Requests whose class is known: number i is odd or even.
  static std::vector<v1::ExplainRequest> Requests(int count) {
    std::vector<v1::ExplainRequest> requests(count);
    for (int i = 0; i < count; ++i) {
      requests[i].mutable_tensor()->set_data(std::string(1, static_cast<char>(i)));
      requests[i].set_top_k(1);
    }
    return requests;
  }

  static void ExpectAnswer(const absl::StatusOr<v1::ExplainResponse>& result, int i) {
    ASSERT_TRUE(result.ok()) << i << ": " << result.status();
    EXPECT_EQ(result->predicted().id(), static_cast<uint32_t>(i & 1)) << i;
  }

  static v1::RequestError Error(int code, uint32_t retry_delay_ms) {
    v1::RequestError error;
    error.set_code(code);
    error.set_message("refused");
    error.set_retry_delay_ms(retry_delay_ms);
    return error;
  }

  FakeProvenanceServer server_{64 << 10};
  absl::Duration slept_;
};

TEST_F(ClientBulkTest, AnswersNothingWithNothing) {
  EXPECT_TRUE(MakeClient().ExplainAll({}).empty());
  EXPECT_EQ(server_.calls(), 0);
}

TEST_F(ClientBulkTest, KeepsResultsWithTheirRequests) {
  auto results = MakeClient().ExplainAll(Requests(100));
  ASSERT_EQ(results.size(), 100);
  for (int i = 0; i < 100; ++i) ExpectAnswer(results[i], i);
  EXPECT_EQ(server_.calls(), 1);
}

TEST_F(ClientBulkTest, LetsABadRequestFailAlone) {
  std::vector<v1::ExplainRequest> requests = Requests(5);
  requests[2].set_encoded_image("");
  auto results = MakeClient().ExplainAll(requests);
  EXPECT_EQ(results[2].status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(results[2].status().message(), HasSubstr("the image is empty"));
  for (int i : {0, 1, 3, 4}) ExpectAnswer(results[i], i);
}

TEST_F(ClientBulkTest, AsksAgainForWhatTheServerWasTooBusyFor) {
  server_.RefuseInStream(std::string(1, '\3'), Error(grpc::RESOURCE_EXHAUSTED, 250));
  auto results = MakeClient().ExplainAll(Requests(6));
  for (int i = 0; i < 6; ++i) ExpectAnswer(results[i], i);
  EXPECT_EQ(server_.calls(), 2);
  EXPECT_GE(slept_, absl::Milliseconds(250));
}

TEST_F(ClientBulkTest, DoesNotAskAgainWithoutADelay) {
  server_.RefuseInStream(std::string(1, '\3'), Error(grpc::RESOURCE_EXHAUSTED, 0));
  auto results = MakeClient().ExplainAll(Requests(6));
  EXPECT_EQ(results[3].status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(server_.calls(), 1);
}

TEST_F(ClientBulkTest, GoesOnInANewStreamWhenOneBreaks) {
  server_.BreakStreamAfter(7);
  auto results = MakeClient().ExplainAll(Requests(20));
  for (int i = 0; i < 20; ++i) ExpectAnswer(results[i], i);
  EXPECT_EQ(server_.calls(), 2);
}

TEST_F(ClientBulkTest, TellsEveryRequestWhenTheServerStaysAway) {
  server_.FailNext({9, grpc::Status(grpc::UNAVAILABLE, "draining")});
  auto results = MakeClient().ExplainAll(Requests(3));
  for (const auto& result : results)
    EXPECT_EQ(result.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(server_.calls(), 5);
}

TEST_F(ClientBulkTest, SparesTheOthersWhenOneRequestIsTooLargeForTheServer) {
  std::vector<v1::ExplainRequest> requests = Requests(12);
  requests[5].mutable_tensor()->set_data(std::string(100 << 10, '\1'));
  auto results = MakeClient().ExplainAll(requests);
  EXPECT_EQ(results[5].status().code(), absl::StatusCode::kResourceExhausted)
      << results[5].status();
  for (int i = 0; i < 12; ++i) {
    if (i != 5) ExpectAnswer(results[i], i);
  }
}

TEST_F(ClientBulkTest, RefusesARequestAboveItsOwnLimit) {
  ClientOptions options;
  options.target = server_.target();
  options.max_message_bytes = 1000;
  std::vector<v1::ExplainRequest> requests = Requests(3);
  requests[1].mutable_tensor()->set_data(std::string(2000, '\1'));
  auto results = Client::Create(options)->ExplainAll(requests);
  EXPECT_EQ(results[1].status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(results[1].status().message(), HasSubstr("expected at most 1000"));
  ExpectAnswer(results[0], 0);
  ExpectAnswer(results[2], 2);
}

}  // namespace
}  // namespace provnet
