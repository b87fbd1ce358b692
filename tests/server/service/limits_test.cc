// Each limit of the gRPC door, reached over real sockets: it holds, says so, and harms nobody else.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "absl/strings/match.h"
#include "server/service/grpc_status.h"
#include "tests/server/service/test_server.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;

std::unique_ptr<v1::ProvenanceService::Stub> NewCaller(const TestServer& server) {
  return v1::ProvenanceService::NewStub(server.NewChannel());
}

// A TCP connection that says nothing, as a stuck or hostile client's.
class SilentConnection {
 public:
  explicit SilentConnection(int port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  ~SilentConnection() { close(socket_); }

  // Blocks until the server has ended it.
  void AwaitEnd() const {
    char bytes[256];
    while (read(socket_, bytes, sizeof bytes) > 0) {
    }
  }

 private:
  const int socket_;
};

TEST(LimitsTest, OneConnectionTooManyIsToldSoAndComesInWhenAnotherLeaves) {
  TestServerOptions options;
  options.connections.max_connections = 2;
  TestServer server(options);
  server.Serve();
  const auto first = NewCaller(server);
  auto second = NewCaller(server);
  ASSERT_TRUE(Explain(*first, MakeRequest()).ok());
  ASSERT_TRUE(Explain(*second, MakeRequest()).ok());
  const auto third = NewCaller(server);
  const grpc::Status refused = Explain(*third, MakeRequest());
  EXPECT_EQ(refused.error_code(), grpc::UNAVAILABLE);
  EXPECT_THAT(refused.error_message(), HasSubstr("GOAWAY"));
  EXPECT_TRUE(Explain(*first, MakeRequest()).ok());
  // The thread that refused it says so in its own time.
  while (absl::StrContains(server.metrics().Text(), "provnet_connections_refused_total 0")) {
  }
  EXPECT_THAT(server.log(), AllOf(HasSubstr("connections refused"), HasSubstr("max_connections")));
  second.reset();
  // gRPC closes its sockets in its own time.
  while (!Explain(*third, MakeRequest()).ok()) {
  }
}

TEST(LimitsTest, AConnectionThatSaysNothingIsClosed) {
  TestServerOptions options;
  options.connections.handshake_timeout = absl::Milliseconds(100);
  options.connections.max_connections = 1;
  TestServer server(options);
  server.Serve();
  SilentConnection(server.server().grpc_port()).AwaitEnd();
  const auto caller = NewCaller(server);
  while (!Explain(*caller, MakeRequest()).ok()) {
  }
}

TEST(LimitsTest, MetadataThatIsTooLongIsRefused) {
  TestServerOptions options;
  options.connections.max_metadata_bytes = 4096;
  TestServer server(options);
  server.Serve();
  const auto ask = [&server](size_t bytes) {
    grpc::ClientContext context;
    context.AddMetadata("x-filler", std::string(bytes, 'x'));
    v1::ExplainResponse response;
    return server.stub().Explain(&context, MakeRequest(), &response);
  };
  EXPECT_TRUE(ask(2000).ok());
  const grpc::Status refused = ask(5000);
  EXPECT_EQ(refused.error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.error_message(), HasSubstr("metadata"));
  // gRPC may end the connection that brought it; the server goes on, and so may its caller.
  while (!ask(2000).ok()) {
  }
}

TEST(LimitsTest, OneConnectionHasItsShareOfStreams) {
  TestServerOptions options;
  options.connections.max_streams = 1;
  TestServer server(options);
  server.Serve();
  server.model().CloseGate();
  auto first =
      std::async(std::launch::async, [&server] { return Explain(server.stub(), MakeRequest()); });
  server.model().AwaitBatches(1);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(100));
  v1::ExplainResponse response;
  // It waits at the client.
  EXPECT_EQ(server.stub().Explain(&context, MakeRequest(), &response).error_code(),
            grpc::DEADLINE_EXCEEDED);
  server.model().OpenGate();
  EXPECT_TRUE(first.get().ok());
  EXPECT_EQ(server.server().Drain(absl::Seconds(30)), 0);
  EXPECT_THAT(server.metrics().Text(),
              AllOf(HasSubstr("duration_seconds_count{code=\"OK\",rpc=\"Explain\"} 1"),
                    Not(HasSubstr("code=\"DEADLINE_EXCEEDED\",rpc=\"Explain\"}")),
                    Not(HasSubstr("code=\"CANCELLED\",rpc=\"Explain\"}"))));
}

TEST(LimitsTest, ACallTooManyIsRefusedWithAHintWhenToComeBack) {
  TestServerOptions options;
  options.in_flight.calls = 1;
  TestServer server(options);
  server.Serve();
  server.model().CloseGate();
  auto first =
      std::async(std::launch::async, [&server] { return Explain(server.stub(), MakeRequest()); });
  server.model().AwaitBatches(1);
  const grpc::Status refused = Explain(server.stub(), MakeRequest());
  EXPECT_EQ(refused.error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.error_message(), HasSubstr("has 1 calls in progress"));
  EXPECT_THAT(refused.error_details(), HasSubstr("RetryInfo"));
  server.model().OpenGate();
  EXPECT_TRUE(first.get().ok());
  // A call counts until gRPC has done with it.
  while (server.server().in_flight() > 0) {
  }
  EXPECT_TRUE(Explain(server.stub(), MakeRequest()).ok());
}

TEST(LimitsTest, AStreamTooManyIsRefusedAndOtherCallsAreNot) {
  TestServerOptions options;
  options.in_flight.streams = 1;
  TestServer server(options);
  server.Serve();
  grpc::ClientContext open;
  const auto stream = server.stub().ExplainStream(&open);
  v1::ExplainStreamResponse response;
  ASSERT_TRUE(stream->Write(MakeRequest()));
  ASSERT_TRUE(stream->Read(&response));
  grpc::ClientContext context;
  const auto more = server.stub().ExplainStream(&context);
  EXPECT_FALSE(more->Read(&response));
  const grpc::Status refused = more->Finish();
  EXPECT_EQ(refused.error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.error_message(), HasSubstr("1 ExplainStream calls in progress"));
  EXPECT_TRUE(Explain(server.stub(), MakeRequest()).ok());
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST(LimitsTest, MessagesOnTheirWayDoNotTakeMoreMemoryThanTheyMay) {
  TestServerOptions options;
  options.connections.buffer_bytes = 1 << 20;
  TestServer server(options);
  server.Serve();
  // Eight times 8 MiB through 1 MiB.
  v1::ExplainRequest large = MakeRequest();
  large.mutable_tensor()->set_data(std::string(8 << 20, 'x'));
  std::vector<std::future<grpc::Status>> calls;
  for (int i = 0; i < 8; ++i) {
    calls.push_back(std::async(std::launch::async,
                               [&server, &large] { return Explain(*NewCaller(server), large); }));
  }
  // gRPC sees late what its buffers hold: a message may come through whole before it ends the
  // others, each alone or with its connection, and is then refused for what it says.
  int ended = 0;
  for (auto& call : calls) {
    const grpc::StatusCode code = call.get().error_code();
    EXPECT_THAT(code, AnyOf(grpc::UNAVAILABLE, grpc::RESOURCE_EXHAUSTED, grpc::INVALID_ARGUMENT));
    if (code != grpc::INVALID_ARGUMENT) {
      ++ended;
    }
  }
  EXPECT_GT(ended, 0);
  // It may end one connection more than it had to; whoever tries again gets an answer.
  const auto caller = NewCaller(server);
  while (!Explain(*caller, MakeRequest()).ok()) {
  }
}

}  // namespace
}  // namespace provnet
