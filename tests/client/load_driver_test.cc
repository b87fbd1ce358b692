#include "client/bench/load_driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/client/fake_provenance_server.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

class LoadDriverTest : public ::testing::Test {
 protected:
  LoadOptions Options() {
    LoadOptions options;
    options.client.target = server_.target();
    options.concurrency = 4;
    options.warmup = absl::Milliseconds(50);
    options.duration = absl::Milliseconds(200);
    return options;
  }
  static std::vector<v1::ExplainRequest> Requests() {
    std::vector<v1::ExplainRequest> requests(2);
    for (v1::ExplainRequest& request : requests) request.set_encoded_image("x");
    return requests;
  }

  FakeProvenanceServer server_;
};

TEST_F(LoadDriverTest, ClosedLoopMeasuresEveryCall) {
  absl::StatusOr<BenchReport> report = RunLoad(Options(), Requests());
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->loop, "closed");
  EXPECT_GT(report->succeeded, 0);
  EXPECT_EQ(report->failed(), 0);
  EXPECT_GT(report->latency.count, 0);
  EXPECT_GE(report->latency.max, report->latency.p50);
  EXPECT_GT(report->client_cpu, absl::ZeroDuration());
  EXPECT_EQ(report->server, std::nullopt);
  EXPECT_GE(server_.calls(), static_cast<int>(report->succeeded));
}

TEST_F(LoadDriverTest, StreamsCarryTheClosedLoop) {
  LoadOptions options = Options();
  options.streams = 2;
  std::vector<v1::ExplainRequest> requests = Requests();
  requests[1].set_encoded_image("");
  absl::StatusOr<BenchReport> report = RunLoad(options, requests);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->streams, 2);
  EXPECT_EQ(server_.calls(), 2);
  EXPECT_GT(report->succeeded, 0);
  EXPECT_GT(report->response_bytes, 0);
  EXPECT_GE(report->latency.max, report->latency.p50);
  // Every other one, but for those at the window's edges.
  EXPECT_EQ(report->failures.size(), 1);
  EXPECT_NEAR(report->failures[absl::StatusCode::kInvalidArgument], report->succeeded, 9);
  EXPECT_THAT(BenchReportText(*report), HasSubstr("closed loop 4 callers in 2 streams over 1"));
}

TEST_F(LoadDriverTest, AStreamThatBreaksIsOpenedAgain) {
  LoadOptions options = Options();
  options.streams = 1;
  options.warmup = absl::ZeroDuration();
  options.duration = absl::Seconds(1);
  server_.BreakStreamAfter(3);
  absl::StatusOr<BenchReport> report = RunLoad(options, Requests());
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(server_.calls(), 2);
  EXPECT_GT(report->succeeded, 3);
  // What was under way.
  EXPECT_GE(report->failures[absl::StatusCode::kUnavailable], 1);
  EXPECT_LE(report->failures[absl::StatusCode::kUnavailable], 4);
  EXPECT_EQ(report->failures.size(), 1);
}

TEST_F(LoadDriverTest, OpenLoopSendsWhatIsDue) {
  LoadOptions options = Options();
  options.rate = 200;
  options.channels = 2;
  absl::StatusOr<BenchReport> report = RunLoad(options, Requests());
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->loop, "open");
  EXPECT_GT(report->latency.count, 0);
  EXPECT_LT(server_.calls(), 200);
  EXPECT_EQ(report->deadline, options.client.timeout);
  EXPECT_GT(report->offered, 0);
  EXPECT_EQ(report->in_time, report->offered);
  EXPECT_EQ(report->send_lag.count, report->offered);
  EXPECT_EQ(report->refusal_latency.count, 0);
}

TEST_F(LoadDriverTest, TheThrottleHoldsBackWhatWouldBeRefused) {
  LoadOptions options = Options();
  options.rate = 400;
  options.throttle = true;
  server_.FailNext({1000, BusyStatus(absl::Milliseconds(10))});
  absl::StatusOr<BenchReport> report = RunLoad(options, Requests());
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_GT(report->held_back, 0);
  EXPECT_EQ(report->held_back + report->refusal_latency.count, report->offered);
}

TEST_F(LoadDriverTest, WhoIsRefusedWaitsAsAdvised) {
  server_.FailNext(std::deque<grpc::Status>(1000, BusyStatus(absl::Milliseconds(100))));
  absl::StatusOr<BenchReport> report = RunLoad(Options(), Requests());
  ASSERT_TRUE(report.ok()) << report.status();
  // Four callers for a quarter of a second.
  EXPECT_GE(server_.calls(), 4);
  EXPECT_LE(server_.calls(), 12);
}

TEST_F(LoadDriverTest, CountsFailuresByCode) {
  std::vector<v1::ExplainRequest> requests = Requests();
  requests[1].set_encoded_image("");
  absl::StatusOr<BenchReport> report = RunLoad(Options(), requests);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_GT(report->succeeded, 0);
  EXPECT_GT(report->failures[absl::StatusCode::kInvalidArgument], 0);
}

TEST_F(LoadDriverTest, SaysThatTheMetricsCannotBeRead) {
  LoadOptions options = Options();
  options.http = "127.0.0.1:1";
  absl::Status status = RunLoad(options, Requests()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("http://127.0.0.1:1/metrics: nothing listens there"));
}

TEST_F(LoadDriverTest, RefusesOptionsOutOfRange) {
  LoadOptions options = Options();
  options.concurrency = 0;
  EXPECT_EQ(RunLoad(options, Requests()).status().code(), absl::StatusCode::kInvalidArgument);
  options = Options();
  options.duration = absl::ZeroDuration();
  EXPECT_EQ(RunLoad(options, Requests()).status().code(), absl::StatusCode::kInvalidArgument);
  options = Options();
  options.throttle = true;
  EXPECT_EQ(RunLoad(options, Requests()).status().code(), absl::StatusCode::kInvalidArgument);
  options = Options();
  options.streams = options.concurrency + 1;
  EXPECT_EQ(RunLoad(options, Requests()).status().code(), absl::StatusCode::kInvalidArgument);
  options.streams = 1;
  options.rate = 100;
  EXPECT_EQ(RunLoad(options, Requests()).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(RunLoad(Options(), {}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(BenchReportTest, DividesByWhatEndedInTheWindow) {
  BenchReport report;
  report.window = absl::Seconds(10);
  report.succeeded = 900;
  report.failures[absl::StatusCode::kUnavailable] = 100;
  report.server = {absl::Seconds(5), 1 << 20, 700, 7};
  report.in_time = 850;
  EXPECT_DOUBLE_EQ(report.throughput(), 90);
  EXPECT_DOUBLE_EQ(*report.server_cpu_seconds_per_request(), 0.005);
  const nlohmann::json json = nlohmann::json::parse(BenchReportJson(report));
  EXPECT_EQ(json["requests_failed"], 100);
  EXPECT_EQ(json["failures_by_code"]["UNAVAILABLE"], 100);
  EXPECT_DOUBLE_EQ(json["server_cpu_seconds_per_request"], 0.005);
  EXPECT_EQ(json["server_rss_bytes"], 1 << 20);
  EXPECT_EQ(json["server_requests_run"], 700);
  EXPECT_EQ(json["server_requests_late"], 7);
  EXPECT_DOUBLE_EQ(json["goodput_per_second"], 85);
  EXPECT_TRUE(json["latency_seconds"].contains("p99.9"));
  EXPECT_THAT(BenchReportText(report), HasSubstr("90.0 requests/s (900 answered, 100 failed)"));
}

TEST(BenchReportTest, LeavesOutWhatWasNotMeasured) {
  BenchReport report;
  report.window = absl::Seconds(1);
  const nlohmann::json json = nlohmann::json::parse(BenchReportJson(report));
  EXPECT_TRUE(json["server_cpu_seconds_per_request"].is_null());
  EXPECT_TRUE(json["server_rss_bytes"].is_null());
  EXPECT_TRUE(json["server_requests_run"].is_null());
  EXPECT_TRUE(json["client_cpu_seconds_per_request"].is_null());
}

}  // namespace
}  // namespace provnet
