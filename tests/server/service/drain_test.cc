// What happens to calls when the server drains.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/server/service/test_server.h"

namespace provnet {
namespace {

using testing::HasSubstr;

// Callers in a closed loop, each on a connection of its own, until the server is gone.
class Load {
 public:
  Load(TestServer& server, int callers) {
    for (int i = 0; i < callers; ++i) {
      threads_.emplace_back(
          [this, stub = v1::ProvenanceService::NewStub(server.NewChannel())] { Call(*stub); });
    }
  }

  void AwaitAnswers(int count) const {
    while (answered_.load() < count) std::this_thread::yield();
  }
  void Join() {
    for (std::thread& thread : threads_) thread.join();
  }
  int answered() const { return answered_.load(); }
  int other_failures() const { return other_failures_.load(); }

 private:
  void Call(v1::ProvenanceService::Stub& stub) {
    while (true) {
      const grpc::Status status = Explain(stub, MakeRequest());
      if (status.ok()) {
        ++answered_;
      } else {
        if (status.error_code() != grpc::UNAVAILABLE) ++other_failures_;
        return;
      }
    }
  }

  std::atomic<int> answered_{0};
  std::atomic<int> other_failures_{0};
  std::vector<std::thread> threads_;
};

TEST(DrainTest, UnderLoadEveryAcceptedRequestIsAnsweredAndOthersMayBeRepeated) {
  for (int round = 0; round < 20; ++round) {
    TestServer server;
    server.Serve();
    Load load(server, 8);
    load.AwaitAnswers(50);
    EXPECT_EQ(server.server().Drain(absl::Seconds(60)), 0U);
    load.Join();
    EXPECT_EQ(load.other_failures(), 0);
    // As many answers arrived as the server gave.
    EXPECT_THAT(server.metrics().Text(),
                HasSubstr(absl::StrCat(
                    "provnet_request_duration_seconds_count{code=\"OK\",rpc=\"Explain\"} ",
                    load.answered(), "\n")));
  }
}

TEST(DrainTest, CallsInFlightFinishAndNewOnesAreToldToGoElsewhere) {
  TestServer server;
  server.Serve();
  server.model().CloseGate();
  std::thread caller([&server] { EXPECT_TRUE(Explain(server.stub(), MakeRequest()).ok()); });
  server.model().AwaitBatches(1);
  std::thread drain([&server] { EXPECT_EQ(server.server().Drain(absl::Seconds(60)), 0U); });
  // The connection is still there, so that a caller learns why.
  grpc::Status refused = Explain(server.stub(), v1::ExplainRequest());
  while (refused.error_code() == grpc::INVALID_ARGUMENT)
    refused = Explain(server.stub(), v1::ExplainRequest());
  EXPECT_EQ(refused.error_code(), grpc::UNAVAILABLE);
  EXPECT_THAT(refused.error_message(), HasSubstr("shutting down"));
  server.model().OpenGate();
  drain.join();
  caller.join();
}

TEST(DrainTest, AnOpenStreamGetsItsAnswersAndEnds) {
  TestServer server;
  server.Serve();
  server.model().CloseGate();
  grpc::ClientContext context;
  auto stream = server.stub().ExplainStream(&context);
  ASSERT_TRUE(stream->Write(MakeRequest(0)));
  server.model().AwaitBatches(1);
  for (uint32_t i = 1; i < 5; ++i) ASSERT_TRUE(stream->Write(MakeRequest(i)));
  // One runs, four wait: all five are accepted.
  server.AwaitQueueDepth(4);
  std::thread drain([&server] { EXPECT_EQ(server.server().Drain(absl::Seconds(60)), 0U); });
  server.model().OpenGate();
  v1::ExplainStreamResponse response;
  for (uint32_t i = 0; i < 5; ++i) {
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.response().predicted().id(), i);
  }
  EXPECT_FALSE(stream->Read(&response));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::UNAVAILABLE);
  EXPECT_THAT(status.error_message(),
              HasSubstr("the first 5 requests of the stream were answered"));
  drain.join();
}

TEST(DrainTest, ATimeoutCutsWhatIsLeftAndCountsIt) {
  TestServer server;
  server.Serve();
  server.model().CloseGate();
  std::thread caller([&server] {
    EXPECT_FALSE(Explain(server.stub(), MakeRequest()).ok());
    // The batch outlasts its caller.
    server.model().OpenGate();
  });
  server.model().AwaitBatches(1);
  size_t told = 0;
  EXPECT_EQ(server.server().Drain(absl::ZeroDuration(), [&told](size_t cut) { told = cut; }), 1U);
  EXPECT_EQ(told, 1U);
  caller.join();
}

TEST(DrainTest, AnIdleServerDrainsAtOnceWithConnectionsOpen) {
  TestServer server;
  server.Serve();
  EXPECT_TRUE(Explain(server.stub(), MakeRequest()).ok());
  EXPECT_EQ(server.server().Drain(absl::Seconds(60)), 0U);
  EXPECT_EQ(Explain(server.stub(), MakeRequest()).error_code(), grpc::UNAVAILABLE);
}

TEST(DrainTest, AServerThatNeverBecameReadyDrainsToo) {
  TestServer server;
  EXPECT_EQ(server.server().Drain(absl::Seconds(60)), 0U);
}

TEST(StartTest, SaysWhichGrpcPortIsInUse) {
  TestServer first;
  TestServerOptions options;
  options.grpc = {"127.0.0.1", first.server().grpc_port()};
  options.http = {"127.0.0.1", 0};
  ServerMetrics metrics;
  std::ostringstream stream;
  const auto log = StructuredLog::ToStream(stream, LogFormat::kJson, LogLevel::kInfo);
  const auto second =
      Server::Start(options, {metrics, metrics, metrics, [&metrics] { return metrics.Text(); }},
                    log, Clock::Steady());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()),
              testing::AllOf(HasSubstr(options.grpc.ToString()), HasSubstr("in use")));
}

}  // namespace
}  // namespace provnet
