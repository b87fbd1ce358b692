// TLS on real sockets with real certificates: who is let in, and what a rotation does to callers.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "client/channel.h"
#include "client/client.h"
#include "client/rpc_failure.h"
#include "server/security/tls_files.h"
#include "tests/server/service/guarded_server.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/test_certificates.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr char kPolicy[] = R"({
  "roles": [{"name": "reader", "grants": [{"rpcs": ["Explain"], "models": ["*"]}]}],
  "certificates": [
    {"name": "scoring", "subject_alternative_name": "spiffe://example.org/scoring", "roles": ["reader"]},
    {"name": "batch", "subject": "CN=batch", "roles": ["reader"]}
  ]
})";

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() { WritePair(authority_.IssueForLoopback()); }

  void Write(const std::string& name, const std::string& contents) {
    ASSERT_TRUE(WriteFileAtomically(folder_ / name, contents).ok());
  }
  void WritePair(const TestCertificate& pair) {
    Write("cert.pem", pair.certificate);
    Write("key.pem", pair.key);
  }

  // With `client_ca`, clients need its certificate.
  void Start(const std::string& client_ca = "", const AccessControl* access = nullptr) {
    TlsFiles::Options files{folder_ / "cert.pem", folder_ / "key.pem", "", absl::ZeroDuration()};
    if (!client_ca.empty()) {
      Write("client-ca.pem", client_ca);
      files.client_ca = folder_ / "client-ca.pem";
    }
    auto tls = TlsFiles::Open(files, probe_);
    ASSERT_THAT(tls, IsOk());
    tls_ = *std::move(tls);
    TestServerOptions options;
    options.guards.access = access;
    options.tls = tls_.get();
    server_ = std::make_unique<TestServer>(options);
    server_->Serve();
  }

  ClientOptions OptionsFor(const TestAuthority& authority,
                           const TestCertificate& certificate = {}) const {
    ClientOptions options;
    options.target = absl::StrCat("127.0.0.1:", server_->server().grpc_port());
    options.timeout = absl::Seconds(60);
    options.retry.max_attempts = 1;
    options.tls = ClientTls{authority.certificate(), certificate.certificate, certificate.key, ""};
    return options;
  }

  static absl::Status Ask(const ClientOptions& options) {
    auto client = Client::Create(options);
    return client.ok() ? client->Explain(MakeRequest()).status() : client.status();
  }

  // The same for a client that does not look at its own certificate first.
  static absl::Status AskUnchecked(const ClientOptions& options) {
    grpc::ClientContext context;
    PrepareCall(context, options, options.timeout);
    v1::ExplainResponse response;
    return ToRpcFailure(v1::ProvenanceService::NewStub(MakeChannel(options))
                            ->Explain(&context, MakeRequest(), &response))
        .status;
  }

  // Refused in the handshake, before any call. Where the server refuses, TLS 1.3 clients learn it
  // only from the end of the connection.
  static auto IsRefusal() { return StatusIs(absl::StatusCode::kUnavailable, ::testing::_); }

  const TestAuthority authority_{"authority"};
  const TestAuthority stranger_{"stranger"};
  TempDir folder_;
  RecordingProbe probe_;
  std::unique_ptr<TlsFiles> tls_;
  std::unique_ptr<TestServer> server_;
};

TEST_F(TlsTest, ServesThoseWhoKnowItsAuthority) {
  Start();
  EXPECT_THAT(Ask(OptionsFor(authority_)), IsOk());
  EXPECT_THAT(Ask(OptionsFor(stranger_)),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("handshake failed")));
}

TEST_F(TlsTest, IsNotTakenForAnotherName) {
  Start();
  ClientOptions options = OptionsFor(authority_);
  options.tls->server_name = "localhost";
  EXPECT_THAT(Ask(options), IsOk());
  options.tls->server_name = "elsewhere.example.org";
  EXPECT_THAT(Ask(options), IsRefusal());
}

TEST_F(TlsTest, PlaintextGetsNoAnswer) {
  Start();
  ClientOptions options = OptionsFor(authority_);
  options.tls.reset();
  EXPECT_THAT(Ask(options), IsRefusal());
  EXPECT_THAT(Ask(OptionsFor(authority_)), IsOk());
}

TEST_F(TlsTest, ClientsNeedACertificateThatIsValidAndOfTheClientAuthority) {
  Start(authority_.certificate());
  EXPECT_THAT(Ask(OptionsFor(authority_, authority_.Issue("scoring", ""))), IsOk());
  EXPECT_THAT(Ask(OptionsFor(authority_)), IsRefusal()) << "none";
  EXPECT_THAT(Ask(OptionsFor(authority_, stranger_.Issue("scoring", ""))), IsRefusal())
      << "another authority's";
  EXPECT_THAT(AskUnchecked(OptionsFor(authority_, authority_.Issue("scoring", "", -60))),
              IsRefusal())
      << "expired";
  EXPECT_THAT(server_->model().batch_sizes(), SizeIs(1));
}

TEST_F(TlsTest, TheCertificateSaysWhoAsks) {
  const AccessFiles access(kPolicy, {});
  Start(authority_.certificate(), &access.control());
  const std::string uri = "URI:spiffe://example.org/scoring";
  EXPECT_THAT(Ask(OptionsFor(authority_, authority_.Issue("any", uri))), IsOk());
  EXPECT_THAT(Ask(OptionsFor(authority_, authority_.Issue("batch", ""))), IsOk());
  EXPECT_THAT(Ask(OptionsFor(authority_, authority_.Issue("any", uri + "/other"))),
              StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("is not named there")));
  // Known, and not granted this call.
  const auto client = Client::Create(OptionsFor(authority_, authority_.Issue("batch", "")));
  EXPECT_THAT(client->ListModels(),
              StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("principal \"batch\"")));
}

TEST_F(TlsTest, AfterARotationNewConnectionsGetTheNewCertificateAndOldOnesGoOn) {
  Start();
  const auto old = Client::Create(OptionsFor(authority_));
  ASSERT_THAT(old->Explain(MakeRequest()), IsOk());
  WritePair(stranger_.IssueForLoopback());
  tls_->Poll();
  EXPECT_THAT(Ask(OptionsFor(stranger_)), IsOk());
  EXPECT_THAT(Ask(OptionsFor(authority_)), IsRefusal());
  EXPECT_THAT(old->Explain(MakeRequest()), IsOk());
}

TEST_F(TlsTest, ClientsOfAnAuthorityThatWasTakenAwayAreRefused) {
  Start(authority_.certificate());
  const TestCertificate certificate = authority_.Issue("scoring", "");
  ASSERT_THAT(Ask(OptionsFor(authority_, certificate)), IsOk());
  Write("client-ca.pem", stranger_.certificate());
  tls_->Poll();
  EXPECT_THAT(Ask(OptionsFor(authority_, certificate)), IsRefusal());
  EXPECT_THAT(Ask(OptionsFor(authority_, stranger_.Issue("scoring", ""))), IsOk());
}

TEST_F(TlsTest, ABadRotationChangesNothingForCallers) {
  Start();
  const TestCertificate expired = authority_.Issue("server", "IP:127.0.0.1", -60);
  const TestCertificate mismatch{authority_.IssueForLoopback().certificate, expired.key};
  size_t failures = 0;
  for (const TestCertificate& bad : {expired, mismatch, TestCertificate{"rubbish", "rubbish"}}) {
    WritePair(bad);
    tls_->Poll();
    EXPECT_THAT(probe_.failures(), SizeIs(++failures));
    EXPECT_THAT(Ask(OptionsFor(authority_)), IsOk());
  }
}

TEST_F(TlsTest, RotationsUnderLoadFailNoCall) {
  Start(authority_.certificate());
  const ClientOptions options = OptionsFor(authority_, authority_.Issue("scoring", ""));
  std::atomic<bool> stop{false};
  std::atomic<int> handshakes{0};
  std::atomic<int> failed{0};
  std::vector<std::jthread> callers;
  for (const bool reconnects : {true, true, false}) {
    callers.emplace_back([&, reconnects] {
      const auto client = Client::Create(options);
      while (!stop.load()) {
        const absl::Status status =
            reconnects ? Ask(options) : client->Explain(MakeRequest()).status();
        if (!status.ok()) {
          ADD_FAILURE() << status;
          ++failed;
        } else if (reconnects) {
          ++handshakes;
        }
      }
    });
  }
  for (int round = 0; round < 10; ++round) {
    const TestCertificate next = authority_.IssueForLoopback();
    Write("cert.pem", next.certificate);
    // Between the two files they don't belong together.
    tls_->Poll();
    Write("key.pem", next.key);
    tls_->Poll();
    for (const int before = handshakes.load(); handshakes.load() < before + 4 && failed == 0;)
      std::this_thread::yield();
  }
  stop = true;
  callers.clear();
  EXPECT_EQ(failed.load(), 0);
  EXPECT_EQ(tls_->current().number, 11);
}

TEST_F(TlsTest, ADrainedServerHasAnsweredWhatItAccepted) {
  Start();
  const auto client = Client::Create(OptionsFor(authority_));
  ASSERT_THAT(client->Explain(MakeRequest()), IsOk());
  EXPECT_EQ(server_->server().Drain(absl::Seconds(10)), 0);
  EXPECT_THAT(client->Explain(MakeRequest()),
              StatusIs(absl::StatusCode::kUnavailable, ::testing::_));
}

}  // namespace
}  // namespace provnet
