// The door for probes: health in plaintext, and nothing else.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <future>
#include <thread>

#include "server/security/tls_files.h"
#include "storage/base/atomic_file.h"
#include "tests/server/security/recording_probe.h"
#include "tests/server/service/test_server.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/testing/test_certificates.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kCheck[] = "/grpc.health.v1.Health/Check";

// One unary call in plaintext with that message; the answer's bytes go to `answer`.
grpc::Status Call(int port, const std::string& method, std::string* answer = nullptr,
                  const std::string& message = "") {
  grpc::GenericStub stub(
      grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  const grpc::Slice bytes(message);
  const grpc::ByteBuffer request(&bytes, 1);
  grpc::ByteBuffer response;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, method, {}, &request, &response,
                 [&done](grpc::Status status) { done.set_value(std::move(status)); });
  const grpc::Status status = done.get_future().get();
  grpc::Slice slice;
  if (answer != nullptr && status.ok() && response.DumpToSingleSlice(&slice).ok())
    answer->assign(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return status;
}

// grpc.health.v1.HealthCheckResponse on the wire: field 1 is 1 for SERVING, 2 for NOT_SERVING.
constexpr char kServing[] = "\x08\x01";
constexpr char kNotServing[] = "\x08\x02";

// What health says of a service.
std::string Health(int port, const std::string& service) {
  std::string answer;
  // HealthCheckRequest: field 1 is the name.
  const std::string message =
      absl::StrCat("\n", std::string(1, static_cast<char>(service.size())), service);
  EXPECT_TRUE(Call(port, kCheck, &answer, message).ok()) << service;
  return answer;
}

// Until it says so; a test that never sees it ends by ctest's time.
void AwaitHealth(int port, const std::string& service, const std::string& expected) {
  while (Health(port, service) != expected)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

class HealthEndpointTest : public ::testing::Test {
 protected:
  HealthEndpointTest() {
    const TestAuthority authority("authority");
    const TestCertificate own = authority.IssueForLoopback();
    for (const auto& [name, contents] : {std::pair{"cert.pem", own.certificate},
                                         {"key.pem", own.key},
                                         {"ca.pem", authority.certificate()}}) {
      EXPECT_THAT(WriteFileAtomically(folder_ / name, contents), IsOk());
    }
    auto tls = TlsFiles::Open(
        {folder_ / "cert.pem", folder_ / "key.pem", folder_ / "ca.pem", absl::ZeroDuration()},
        probe_);
    EXPECT_THAT(tls, IsOk());
    tls_ = *std::move(tls);
    TestServerOptions options;
    options.tls = tls_.get();
    options.health = ListenAddress{"127.0.0.1", 0};
    server_ = std::make_unique<TestServer>(options);
  }

  int port() const { return server_->server().health_port(); }

  TempDir folder_;
  RecordingProbe probe_;
  std::unique_ptr<TlsFiles> tls_;
  std::unique_ptr<TestServer> server_;
};

TEST_F(HealthEndpointTest, SaysWhetherItServesToThoseWithoutACertificate) {
  std::string answer;
  ASSERT_TRUE(Call(port(), kCheck, &answer).ok());
  EXPECT_EQ(answer, kNotServing);
  server_->Serve();
  ASSERT_TRUE(Call(port(), kCheck, &answer).ok());
  EXPECT_EQ(answer, kServing);
  EXPECT_EQ(Call(server_->server().grpc_port(), kCheck).error_code(), grpc::UNAVAILABLE)
      << "the other door wants a certificate";
  server_->server().Drain(absl::Seconds(10));
  ASSERT_TRUE(Call(port(), kCheck, &answer).ok());
  EXPECT_EQ(answer, kNotServing);
}

TEST_F(HealthEndpointTest, KnowsEachCapabilityAndNoticesWhenOneFails) {
  const std::string service = "provnet.v1.ProvenanceService";
  EXPECT_EQ(Health(port(), service + "/exemplars"), kNotServing);
  server_->Serve();
  EXPECT_EQ(Health(port(), service), kServing);
  EXPECT_EQ(Health(port(), service + "/classification"), kServing);
  EXPECT_EQ(Health(port(), service + "/exemplars"), kServing);
  EXPECT_EQ(Health(port(), service + "/membership"), kNotServing) << "the model has no reference";
  EXPECT_THAT(server_->metrics().Text(), HasSubstr("provnet_ready{capability=\"exemplars\"} 1"));

  FakeSampleStore& store = server_->model().store();
  store.Damage(30);
  EXPECT_TRUE(absl::IsDataLoss(store.MultiGet({30})[0].status()));
  AwaitHealth(port(), service + "/exemplars", kNotServing);
  EXPECT_EQ(Health(port(), service), kServing);
  const std::string metrics = server_->metrics().Text();
  EXPECT_THAT(metrics, HasSubstr("provnet_ready{capability=\"exemplars\"} 0"));
  EXPECT_THAT(metrics, HasSubstr("provnet_ready{capability=\"classification\"} 1"));

  server_->Publish({std::make_shared<FakeServable>(FakeServable::Options{.version = 2})});
  AwaitHealth(port(), service + "/exemplars", kServing);
  EXPECT_THAT(server_->log(),
              AllOf(HasSubstr("\"event\":\"not able\""), HasSubstr("\"event\":\"able again\"")));
}

TEST_F(HealthEndpointTest, AnswersNothingElse) {
  server_->Serve();
  for (const std::string method :
       {"/provnet.v1.ProvenanceService/ListModels", "/provnet.v1.ProvenanceService/Explain",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"}) {
    EXPECT_EQ(Call(port(), method).error_code(), grpc::UNIMPLEMENTED) << method;
  }
}

TEST_F(HealthEndpointTest, TheAddressMustBeFree) {
  const auto second = HealthEndpoint::Start({"127.0.0.1", port()});
  EXPECT_THAT(second.status(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("cannot listen on 127.0.0.1")));
}

}  // namespace
}  // namespace provnet
