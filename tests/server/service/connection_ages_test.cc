#include "server/service/connection_ages.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/server/service/test_server.h"

namespace provnet {
namespace {

std::chrono::system_clock::time_point Later() {
  return std::chrono::system_clock::now() + std::chrono::seconds(60);
}

// A call on `channel`, and whether the server then ends the connection by itself.
void CallAndAwaitEnd(const std::shared_ptr<grpc::Channel>& channel) {
  const grpc::Status status = Explain(*v1::ProvenanceService::NewStub(channel), MakeRequest());
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_TRUE(channel->WaitForStateChange(GRPC_CHANNEL_READY, Later()));
}

TEST(ConnectionAgesTest, AnOldConnectionEndsAndItsCallerGoesOnOnAnother) {
  TestServerOptions options;
  // Longer than connecting takes in the slowest build: an end during that fails the attempt.
  options.ages.max_age = absl::Milliseconds(500);
  TestServer server(options);
  server.Serve();
  const std::shared_ptr<grpc::Channel> channel = server.NewChannel();
  for (int connection = 0; connection < 3; ++connection) CallAndAwaitEnd(channel);
}

TEST(ConnectionAgesTest, AConnectionWithoutCallsEnds) {
  TestServerOptions options;
  options.ages.max_idle = absl::Milliseconds(50);
  TestServer server(options);
  server.Serve();
  CallAndAwaitEnd(server.NewChannel());
}

}  // namespace
}  // namespace provnet
