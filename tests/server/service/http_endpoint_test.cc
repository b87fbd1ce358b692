#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <string>
#include <thread>

#include "tests/server/service/guarded_server.h"
#include "tests/server/service/test_server.h"

namespace provnet {
namespace {

using testing::AllOf;
using testing::HasSubstr;

httplib::Result Get(TestServer& server, const char* path) {
  httplib::Client client("127.0.0.1", server.server().http_port());
  return client.Get(path);
}

TEST(HttpEndpointTest, ReadyzFollowsTheLifeOfTheServer) {
  TestServer server;
  httplib::Result loading = Get(server, "/readyz");
  ASSERT_TRUE(loading);
  EXPECT_EQ(loading->status, 503);
  EXPECT_THAT(loading->body, HasSubstr("loading"));

  server.Serve();
  EXPECT_EQ(Get(server, "/readyz")->status, 200);

  // A call in flight holds the drain.
  server.model().CloseGate();
  std::thread caller([&server] { EXPECT_TRUE(Explain(server.stub(), MakeRequest()).ok()); });
  server.model().AwaitBatches(1);
  std::thread drain([&server] { EXPECT_EQ(server.server().Drain(absl::Seconds(60)), 0U); });
  httplib::Result draining = Get(server, "/readyz");
  while (draining && draining->status == 200) draining = Get(server, "/readyz");
  ASSERT_TRUE(draining);
  EXPECT_EQ(draining->status, 503);
  EXPECT_THAT(draining->body, HasSubstr("shutting down"));
  EXPECT_EQ(Get(server, "/healthz")->status, 200);
  server.model().OpenGate();
  drain.join();
  caller.join();
}

// One version with a damaged sample; classification goes on.
TEST(HttpEndpointTest, ReadyzSaysWhichCapabilitiesFail) {
  TestServer server(TestServerOptions(), {{.calibration = SomeCalibration()}});
  EXPECT_EQ(Get(server, "/readyz/exemplars")->status, 503);
  server.Serve();
  for (const char* path :
       {"/readyz", "/readyz/classification", "/readyz/exemplars", "/readyz/membership"}) {
    const httplib::Result answer = Get(server, path);
    EXPECT_EQ(answer->status, 200) << path;
    EXPECT_EQ(answer->body, "ready\n") << path;
  }
  server.model().store().Damage(4);
  v1::ExplainRequest request = MakeRequest(3);
  request.set_include_exemplars(true);
  EXPECT_TRUE(Explain(server.stub(), request).ok());

  const httplib::Result exemplars = Get(server, "/readyz/exemplars");
  EXPECT_EQ(exemplars->status, 503);
  EXPECT_THAT(exemplars->body, AllOf(HasSubstr("model \"digits\" version 1: 1 reads"),
                                     HasSubstr("copy the version again")));
  EXPECT_EQ(Get(server, "/readyz/membership")->status, 200);
  const httplib::Result whole = Get(server, "/readyz");
  EXPECT_EQ(whole->status, 200);
  EXPECT_EQ(whole->body, "ready\nexemplars: " + exemplars->body);

  // Another version takes its place.
  server.Publish({std::make_shared<FakeServable>(FakeServable::Options{.version = 2})});
  EXPECT_EQ(Get(server, "/readyz/exemplars")->status, 200);
  const httplib::Result membership = Get(server, "/readyz/membership");
  EXPECT_EQ(membership->status, 503);
  EXPECT_THAT(membership->body, HasSubstr("membership reference"));
}

TEST(HttpEndpointTest, ACapabilityThatThereIsNotIsNotFound) {
  TestServer server;
  const httplib::Result answer = Get(server, "/readyz/training");
  EXPECT_EQ(answer->status, 404);
  EXPECT_THAT(answer->body, AllOf(HasSubstr("/readyz/training"),
                                  HasSubstr("classification, exemplars, membership")));
}

TEST(HttpEndpointTest, HealthzAnswersWhileLoading) {
  TestServer server;
  EXPECT_EQ(Get(server, "/healthz")->status, 200);
}

TEST(HttpEndpointTest, MetricsCountWhatHappened) {
  TestServer server;
  server.Serve();
  ASSERT_TRUE(Explain(server.stub(), MakeRequest()).ok());
  v1::ExplainRequest bad = MakeRequest();
  bad.set_top_k(0);
  EXPECT_FALSE(Explain(server.stub(), bad).ok());
  httplib::Result metrics = Get(server, "/metrics");
  ASSERT_TRUE(metrics);
  EXPECT_THAT(metrics->get_header_value("Content-Type"), HasSubstr("version=0.0.4"));
  for (const char* line :
       {"provnet_request_duration_seconds_count{code=\"OK\",rpc=\"Explain\"} 1",
        "provnet_request_duration_seconds_count{code=\"INVALID_ARGUMENT\",rpc=\"Explain\"} 1",
        "provnet_batch_dispatch_total{model=\"digits\",reason=\"executor_free\"} 1",
        "provnet_queue_wait_seconds_count{model=\"digits\"} 1",
        "provnet_queue_depth{model=\"digits\"} 0"}) {
    EXPECT_THAT(metrics->body, HasSubstr(line));
  }
}

TEST(HttpEndpointTest, UnknownPathsAreNotFound) {
  TestServer server;
  EXPECT_EQ(Get(server, "/etc/passwd")->status, 404);
}

TEST(HttpEndpointTest, SaysWhichPortIsInUse) {
  TestServer server;
  const Readiness readiness;
  const ListenAddress taken{"127.0.0.1", server.server().http_port()};
  const auto second = HttpEndpoint::Start(taken, readiness, [] { return ""; });
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(taken.ToString()));
}

}  // namespace
}  // namespace provnet
