// ExplainStream over a real loopback connection.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/service/test_server.h"

namespace provnet {
namespace {

using testing::HasSubstr;

// A stream of which the test writes and reads in turns or from two threads.
class StreamCall {
 public:
  explicit StreamCall(TestServer& server) {
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    stream_ = server.stub().ExplainStream(&context_);
  }

  bool Write(const v1::ExplainRequest& request) { return stream_->Write(request); }
  void WriteAll(const std::vector<v1::ExplainRequest>& requests) {
    for (const v1::ExplainRequest& request : requests) ASSERT_TRUE(Write(request));
    HalfClose();
  }
  void HalfClose() { stream_->WritesDone(); }
  std::vector<v1::ExplainStreamResponse> ReadAll() {
    std::vector<v1::ExplainStreamResponse> all;
    for (v1::ExplainStreamResponse response; stream_->Read(&response);) all.push_back(response);
    return all;
  }
  bool Read(v1::ExplainStreamResponse* response) { return stream_->Read(response); }
  grpc::Status Finish() { return stream_->Finish(); }
  void Cancel() { context_.TryCancel(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::ExplainRequest, v1::ExplainStreamResponse>> stream_;
};

void ExpectInOrder(const std::vector<v1::ExplainStreamResponse>& responses, size_t count) {
  ASSERT_EQ(responses.size(), count);
  for (size_t i = 0; i < count; ++i) {
    EXPECT_EQ(responses[i].request_number(), i);
    EXPECT_EQ(responses[i].response().predicted().id(), i % 10) << i;
  }
}

v1::ExplainRequest MakeImpatientRequest(uint32_t number) {
  v1::ExplainRequest request = MakeRequest(number);
  request.mutable_timeout()->set_nanos(50'000'000);
  return request;
}

void AwaitOneExpired(TestServer& server) {
  while (server.metrics().Text().find("reason=\"expired\"} 1") == std::string::npos)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

TEST(ExplainStreamTest, AnswersInTheOrderOfTheRequests) {
  TestServerOptions options;
  // Batches overtake each other.
  options.queue.executors = 4;
  options.queue.limits.max_batch_size = 3;
  TestServer server(options);
  server.Serve();
  StreamCall call(server);
  std::thread writer([&call] {
    for (uint32_t i = 0; i < 500; ++i) EXPECT_TRUE(call.Write(MakeRequest(i % 10)));
    call.HalfClose();
  });
  ExpectInOrder(call.ReadAll(), 500);
  writer.join();
  EXPECT_TRUE(call.Finish().ok());
}

TEST(ExplainStreamTest, ARequestThatWaitsLongerThanItsTimeoutIsGivenUpAlone) {
  TestServerOptions options;
  options.queue.limits.max_batch_size = 1;
  TestServer server(options);
  server.Serve();
  server.model().CloseGate();
  StreamCall call(server);
  v1::ExplainRequest patient = MakeRequest(3);
  patient.mutable_timeout()->set_seconds(50);
  v1::ExplainRequest wrong = MakeRequest(4);
  wrong.mutable_timeout()->set_seconds(-1);
  call.WriteAll({MakeRequest(1), MakeImpatientRequest(2), patient, wrong});
  // The first one holds the only executor until the second has been given up.
  server.model().AwaitBatches(1);
  AwaitOneExpired(server);
  server.model().OpenGate();
  const auto responses = call.ReadAll();
  ASSERT_EQ(responses.size(), 4U);
  EXPECT_EQ(responses[0].response().predicted().id(), 1U);
  EXPECT_EQ(responses[1].error().code(), grpc::DEADLINE_EXCEEDED);
  EXPECT_EQ(responses[2].response().predicted().id(), 3U);
  EXPECT_EQ(responses[3].error().code(), grpc::INVALID_ARGUMENT);
  EXPECT_THAT(responses[3].error().message(), HasSubstr("timeout is -1s, expected above 0"));
  EXPECT_TRUE(call.Finish().ok());
}

TEST(ExplainStreamTest, SoIsOneThatWaitsForRoomInAFullQueue) {
  TestServerOptions options;
  options.queue.max_waiting = 1;
  options.queue.limits.max_batch_size = 1;
  TestServer server(options);
  server.Serve();
  server.model().CloseGate();
  StreamCall call(server);
  call.WriteAll({MakeRequest(1), MakeRequest(2), MakeImpatientRequest(3), MakeRequest(4)});
  // The first one is with the executor, the second one fills the queue.
  server.model().AwaitBatches(1);
  AwaitOneExpired(server);
  server.model().OpenGate();
  const auto responses = call.ReadAll();
  ASSERT_EQ(responses.size(), 4U);
  EXPECT_EQ(responses[1].response().predicted().id(), 2U);
  EXPECT_EQ(responses[2].error().code(), grpc::DEADLINE_EXCEEDED);
  EXPECT_EQ(responses[3].response().predicted().id(), 4U);
  EXPECT_TRUE(call.Finish().ok());
}

TEST(ExplainStreamTest, ABadRequestFailsAloneAndTheStreamGoesOn) {
  TestServer server;
  server.Serve();
  StreamCall call(server);
  v1::ExplainRequest bad = MakeRequest();
  bad.set_top_k(0);
  ASSERT_TRUE(call.Write(MakeRequest(1)));
  ASSERT_TRUE(call.Write(bad));
  ASSERT_TRUE(call.Write(MakeRequest(2)));
  call.HalfClose();
  const auto responses = call.ReadAll();
  ASSERT_EQ(responses.size(), 3U);
  EXPECT_EQ(responses[0].response().predicted().id(), 1U);
  EXPECT_EQ(responses[1].error().code(), grpc::INVALID_ARGUMENT);
  EXPECT_THAT(responses[1].error().message(), HasSubstr("top_k is 0"));
  EXPECT_EQ(responses[1].error().retry_delay_ms(), 0U);
  EXPECT_EQ(responses[2].response().predicted().id(), 2U);
  EXPECT_TRUE(call.Finish().ok());
}

TEST(ExplainStreamTest, ItsRequestsShareBatches) {
  TestServer server;
  server.Serve();
  server.model().CloseGate();
  StreamCall call(server);
  ASSERT_TRUE(call.Write(MakeRequest(0)));
  server.model().AwaitBatches(1);
  for (uint32_t i = 1; i < 20; ++i) ASSERT_TRUE(call.Write(MakeRequest(i % 10)));
  server.AwaitQueueDepth(19);
  server.model().OpenGate();
  call.HalfClose();
  ExpectInOrder(call.ReadAll(), 20);
  EXPECT_THAT(server.model().batch_sizes(), testing::ElementsAre(1, 19));
}

TEST(ExplainStreamTest, ReadingPausesAtTheBound) {
  TestServerOptions options;
  options.limits.max_stream_in_flight = 4;
  TestServer server(options);
  server.Serve();
  server.model().CloseGate();
  StreamCall call(server);
  std::thread writer([&call] {
    for (uint32_t i = 0; i < 50; ++i) EXPECT_TRUE(call.Write(MakeRequest(i % 10)));
    call.HalfClose();
  });
  server.model().AwaitBatches(1);
  // A unary call on the same queue is served although the stream has more to say.
  std::thread other([&server] { EXPECT_TRUE(Explain(server.stub(), MakeRequest()).ok()); });
  while (server.server().in_flight() < 2) std::this_thread::yield();
  server.model().OpenGate();
  other.join();
  ExpectInOrder(call.ReadAll(), 50);
  writer.join();
  for (const size_t size : server.model().batch_sizes()) EXPECT_LE(size, 5U);
}

TEST(ExplainStreamTest, AFullQueueSlowsTheStreamDownAndFailsNothing) {
  TestServerOptions options;
  options.queue.max_waiting = 2;
  options.queue.limits.max_batch_size = 2;
  TestServer server(options);
  server.Serve();
  // Several streams compete for the two places.
  std::vector<std::thread> streams;
  for (int s = 0; s < 4; ++s) {
    streams.emplace_back([&server] {
      StreamCall call(server);
      std::thread writer([&call] {
        for (uint32_t i = 0; i < 100; ++i) EXPECT_TRUE(call.Write(MakeRequest(i % 10)));
        call.HalfClose();
      });
      ExpectInOrder(call.ReadAll(), 100);
      writer.join();
      EXPECT_TRUE(call.Finish().ok());
    });
  }
  for (std::thread& stream : streams) stream.join();
  // Nobody was refused, so nothing says so.
  EXPECT_THAT(
      server.metrics().Text(),
      HasSubstr("provnet_requests_rejected_total{model=\"digits\",reason=\"queue_full\"} 0"));
}

TEST(ExplainStreamTest, AnEmptyStreamEndsCleanly) {
  TestServer server;
  server.Serve();
  StreamCall call(server);
  call.HalfClose();
  EXPECT_TRUE(call.ReadAll().empty());
  EXPECT_TRUE(call.Finish().ok());
}

TEST(ExplainStreamTest, ACancelledStreamLeavesNothingBehind) {
  TestServer server;
  server.Serve();
  server.model().CloseGate();
  {
    StreamCall call(server);
    for (uint32_t i = 0; i < 10; ++i) ASSERT_TRUE(call.Write(MakeRequest(i)));
    server.model().AwaitBatches(1);
    call.Cancel();
    EXPECT_EQ(call.Finish().error_code(), grpc::CANCELLED);
  }
  server.model().OpenGate();
  while (server.server().in_flight() > 0) std::this_thread::yield();
  EXPECT_TRUE(Explain(server.stub(), MakeRequest()).ok());
}

TEST(ExplainStreamTest, IsRefusedWhileLoading) {
  TestServer server;
  StreamCall call(server);
  EXPECT_TRUE(call.ReadAll().empty());
  const grpc::Status status = call.Finish();
  EXPECT_EQ(status.error_code(), grpc::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("loading"));
}

}  // namespace
}  // namespace provnet
