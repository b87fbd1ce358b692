#include "client/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/client/fake_provenance_server.h"
#include "tests/testing/test_certificates.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A clock that only sleeping moves.
class SleptClock final : public Clock {
 public:
  absl::Duration Monotonic() const override { return now_; }
  void Sleep(absl::Duration duration) {
    now_ += duration;
    sleeps_.push_back(duration);
  }
  const std::vector<absl::Duration>& sleeps() const { return sleeps_; }

 private:
  absl::Duration now_;
  std::vector<absl::Duration> sleeps_;
};

class ClientTest : public ::testing::Test {
 protected:
  ClientOptions Options() {
    ClientOptions options;
    options.target = server_.target();
    options.timeout = absl::Seconds(30);
    options.environment = {&clock_, [this](absl::Duration duration) { clock_.Sleep(duration); },
                           [] { return 0.5; }};
    return options;
  }
  Client MakeClient() { return *Client::Create(Options()); }
  static v1::ExplainRequest Request() {
    v1::ExplainRequest request;
    request.set_encoded_image("x");
    return request;
  }

  FakeProvenanceServer server_;
  SleptClock clock_;
};

grpc::Status Unavailable() { return grpc::Status(grpc::UNAVAILABLE, "draining"); }

TEST_F(ClientTest, AnswersEveryCall) {
  Client client = MakeClient();
  absl::StatusOr<v1::ExplainResponse> explained = client.Explain(Request());
  ASSERT_TRUE(explained.ok()) << explained.status();
  EXPECT_EQ(explained->provenance_size(), 5);
  v1::GetExemplarsRequest exemplars;
  exemplars.add_sample_index(7);
  absl::StatusOr<v1::GetExemplarsResponse> samples = client.GetExemplars(exemplars);
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_EQ(samples->samples(0).sample().SerializeAsString(), FakeSample(7).SerializeAsString());
  EXPECT_EQ(client.ListModels()->models_size(), 1);
  EXPECT_EQ(client.GetModel({})->manifest().class_names_size(), 2);
}

TEST_F(ClientTest, TriesAgainWhileUnavailable) {
  server_.FailNext({Unavailable(), Unavailable()});
  EXPECT_TRUE(MakeClient().Explain(Request()).ok());
  EXPECT_EQ(server_.calls(), 3);
  EXPECT_THAT(clock_.sleeps(), ElementsAre(absl::Milliseconds(50), absl::Milliseconds(100)));
}

TEST_F(ClientTest, WaitsAsLongAsTheServerAsks) {
  server_.FailNext({BusyStatus(absl::Milliseconds(1500))});
  EXPECT_TRUE(MakeClient().Explain(Request()).ok());
  EXPECT_THAT(clock_.sleeps(), ElementsAre(absl::Milliseconds(1550)));
}

TEST_F(ClientTest, HoldsCallsBackWhileMostAreRefused) {
  ClientOptions options = Options();
  options.retry.max_attempts = 1;
  server_.FailNext({20, BusyStatus(absl::Milliseconds(70))});
  Client client = *Client::Create(options);
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(client.Explain(Request()).status().code(), absl::StatusCode::kResourceExhausted);
  // Half of the chances are below that of being held back once 6 of 6 were refused.
  EXPECT_EQ(server_.calls(), 6);
  EXPECT_THAT(client.Explain(Request()).status().message(), HasSubstr("was not sent"));
  // What needs no model is not in the way.
  EXPECT_EQ(client.ListModels().status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(server_.calls(), 7);
}

TEST_F(ClientTest, HoldsNothingBackUnlessItMay) {
  ClientOptions options = Options();
  options.retry.max_attempts = 1;
  options.throttle = false;
  server_.FailNext({20, BusyStatus(absl::Milliseconds(70))});
  Client client = *Client::Create(options);
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(client.Explain(Request()).ok());
  EXPECT_EQ(server_.calls(), 20);
}

TEST_F(ClientTest, NeverWaitsPastTheDeadline) {
  server_.FailNext({BusyStatus(absl::Milliseconds(700)), BusyStatus(absl::Milliseconds(700))});
  absl::StatusOr<v1::ExplainResponse> response = MakeClient().Explain(Request(), absl::Seconds(1));
  EXPECT_EQ(response.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(server_.calls(), 2);
  EXPECT_LT(clock_.Monotonic(), absl::Seconds(1));
}

TEST_F(ClientTest, GivesUpAfterTheLastAttempt) {
  server_.FailNext({6, Unavailable()});
  absl::StatusOr<v1::ExplainResponse> response = MakeClient().Explain(Request());
  EXPECT_EQ(response.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(response.status().message(),
              HasSubstr("Explain at " + server_.target() + ": draining (tried 5 times)"));
  EXPECT_EQ(server_.calls(), 5);
}

TEST_F(ClientTest, DoesNotRepeatWhatCannotSucceed) {
  v1::ExplainRequest empty;
  empty.set_encoded_image("");
  absl::StatusOr<v1::ExplainResponse> response = MakeClient().Explain(empty);
  EXPECT_EQ(response.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(response.status().message(), HasSubstr("the image is empty"));
  EXPECT_EQ(server_.calls(), 1);
}

TEST_F(ClientTest, NamesTheServerThatIsNotThere) {
  ClientOptions options = Options();
  options.target = "127.0.0.1:1";
  absl::StatusOr<v1::ListModelsResponse> response = Client::Create(options)->ListModels();
  EXPECT_EQ(response.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(response.status().message(), HasSubstr("127.0.0.1:1"));
}

TEST_F(ClientTest, SendsItsTokenWithEachCallAndStream) {
  ClientOptions options = Options();
  options.token = "s3cret";
  options.allow_plaintext_token = true;
  Client named = *Client::Create(options);
  ASSERT_TRUE(named.Explain(Request()).ok());
  ASSERT_TRUE(named.ExplainAll({Request()})[0].ok());
  ASSERT_TRUE(MakeClient().Explain(Request()).ok());
  EXPECT_THAT(server_.authorizations(), ElementsAre("Bearer s3cret", "Bearer s3cret", ""));
}

TEST_F(ClientTest, SendsTheTraceOfItsCallerWithEachAttempt) {
  const std::string traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  ClientOptions options = Options();
  options.traceparent = [&] { return traceparent; };
  server_.FailNext({Unavailable()});
  Client traced = *Client::Create(options);
  ASSERT_TRUE(traced.Explain(Request()).ok());
  ASSERT_TRUE(traced.ExplainAll({Request()})[0].ok());
  EXPECT_THAT(server_.traceparents(), ElementsAre(traceparent, traceparent, traceparent));
}

TEST_F(ClientTest, WhatIsNoTraceparentIsNotSent) {
  ClientOptions options = Options();
  options.traceparent = [] { return "of no\r\nform"; };
  ASSERT_TRUE(Client::Create(options)->Explain(Request()).ok());
  EXPECT_THAT(server_.traceparents(), ElementsAre(""));
}

TEST_F(ClientTest, AsksAllAddressesOfItsTargetInTurn) {
  FakeProvenanceServer other;
  ClientOptions options = Options();
  options.target = absl::StrCat("ipv4:", server_.target(), ",", other.target());
  Client client = *Client::Create(options);
  // The second connection may take a moment longer than the first.
  for (int i = 0; other.calls() == 0 || server_.calls() == 0; ++i) {
    ASSERT_LT(i, 100'000) << "only one of two servers is asked";
    ASSERT_TRUE(client.Explain(Request()).ok());
  }
  const int here = server_.calls(), there = other.calls();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(client.Explain(Request()).ok());
  EXPECT_EQ(server_.calls() - here, 5);
  EXPECT_EQ(other.calls() - there, 5);
}

TEST_F(ClientTest, AskingGoesOnWhereOneOfTheAddressesIsDead) {
  ClientOptions options = Options();
  options.target = absl::StrCat("ipv4:127.0.0.1:1,", server_.target());
  Client client = *Client::Create(options);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client.Explain(Request()).ok());
}

TEST_F(ClientTest, RefusesOptionsOutOfRange) {
  const TestAuthority authority("authority");
  const std::pair<std::function<void(ClientOptions&)>, std::string> rows[] = {
      {[](ClientOptions& o) { o.target = ""; }, "the target \"\": it is empty"},
      {[](ClientOptions& o) { o.target = "a:0"; }, "the target \"a:0\": the port is \"0\""},
      {[](ClientOptions& o) { o.timeout = absl::ZeroDuration(); }, "timeout is 0"},
      {[](ClientOptions& o) { o.max_message_bytes = 0; }, "max_message_bytes is 0"},
      {[](ClientOptions& o) { o.max_in_flight = 0; }, "max_in_flight is 0"},
      {[](ClientOptions& o) { o.retry.max_attempts = 0; }, "max_attempts is 0"},
      {[](ClientOptions& o) { o.keepalive.time = absl::ZeroDuration(); }, "keepalive has 0"},
      {[](ClientOptions& o) { o.keepalive.timeout = absl::InfiniteDuration(); },
       "keepalive has inf"},
      {[](ClientOptions& o) { o.token = "s3cret"; }, "there is a token and no TLS"},
      {[](ClientOptions& o) { o.tls = ClientTls(); }, "tls.ca is empty"},
      {[](ClientOptions& o) { o.tls = ClientTls{.ca = "ca", .key = "key"}; },
       "of tls.certificate and tls.key one is empty"},
      {[](ClientOptions& o) { o.tls = ClientTls{.ca = "ca"}; },
       "tls.ca: certificate 1 of it can't be read"},
      {[&](ClientOptions& o) {
         o.tls = ClientTls{authority.certificate(), authority.Issue("a", "").certificate,
                           authority.Issue("b", "").key};
       },
       "tls.certificate with tls.key: the private key is not the certificate's"},
  };
  for (const auto& [spoil, message] : rows) {
    ClientOptions options = Options();
    spoil(options);
    absl::Status status = Client::Create(options).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
  }
}

}  // namespace
}  // namespace provnet
