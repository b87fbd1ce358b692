#include "server/metrics/server_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

namespace provnet {
namespace {

using testing::HasSubstr;
using testing::Not;

// The value of the first line that starts with `series`; NaN when there is none.
double Value(const std::string& text, const std::string& series) {
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    double value = 0;
    if (line.substr(0, series.size() + 1) == series + " " &&
        absl::SimpleAtod(line.substr(series.size() + 1), &value)) {
      return value;
    }
  }
  return std::numeric_limits<double>::quiet_NaN();
}

TEST(ServerMetricsTest, ShowsEveryPromisedNameFromTheStart) {
  ServerMetrics metrics;
  metrics.BatchProbeFor("digits");
  metrics.ModelLoaded({"digits", 3, "cpu", "bf16"});
  const std::string text = metrics.Text();
  for (const char* name : {"provnet_request_duration_seconds_bucket{",
                           "provnet_queue_wait_seconds_bucket{",
                           "provnet_batch_size_bucket{",
                           "provnet_batch_dispatch_total{",
                           "provnet_queue_depth{",
                           "provnet_requests_rejected_total{",
                           "provnet_requests_abandoned_total{",
                           "provnet_model_info{",
                           "provnet_model_version{",
                           "provnet_model_load_failures_total{",
                           "provnet_model_loads_total ",
                           "provnet_model_unloads_total ",
                           "provnet_repository_lost ",
                           "provnet_serving_labels_waiting ",
                           "provnet_build_info{version=\"",
                           "process_cpu_seconds_total ",
                           "process_resident_memory_bytes ",
                           "process_start_time_seconds ",
                           "process_threads ",
                           "process_open_fds "}) {
    EXPECT_THAT(text, HasSubstr(std::string("\n") + name));
  }
  EXPECT_THAT(text, HasSubstr("reason=\"queue_full\""));
  EXPECT_THAT(text, HasSubstr("reason=\"executor_free\""));
}

TEST(ServerMetricsTest, CountsRequestsByRpcAndCode) {
  ServerMetrics metrics;
  metrics.RequestFinished(Rpc::kExplain, absl::StatusCode::kOk, absl::Milliseconds(3));
  metrics.RequestFinished(Rpc::kExplain, absl::StatusCode::kOk, absl::Milliseconds(5));
  metrics.RequestFinished(Rpc::kExplain, absl::StatusCode::kNotFound, absl::Milliseconds(1));
  const std::string text = metrics.Text();
  EXPECT_EQ(Value(text, "provnet_request_duration_seconds_count{code=\"OK\",rpc=\"Explain\"}"), 2);
  EXPECT_EQ(
      Value(text, "provnet_request_duration_seconds_count{code=\"NOT_FOUND\",rpc=\"Explain\"}"), 1);
  EXPECT_NEAR(Value(text, "provnet_request_duration_seconds_sum{code=\"OK\",rpc=\"Explain\"}"),
              .008, 1e-9);
}

TEST(ServerMetricsTest, CountsCallersWhoGaveUp) {
  ServerMetrics metrics;
  metrics.RequestAbandoned(Rpc::kExplain);
  const std::string text = metrics.Text();
  EXPECT_EQ(Value(text, "provnet_requests_abandoned_total{rpc=\"Explain\"}"), 1);
  EXPECT_EQ(Value(text, "provnet_requests_abandoned_total{rpc=\"GetModel\"}"), 0);
}

TEST(ServerMetricsTest, CountsDamagedSamplesFromZero) {
  ServerMetrics metrics;
  EXPECT_EQ(Value(metrics.Text(), "provnet_samples_damaged_total"), 0);
  metrics.SamplesDamaged(3);
  EXPECT_EQ(Value(metrics.Text(), "provnet_samples_damaged_total"), 3);
}

TEST(ServerMetricsTest, FailuresToReloadAreThereBeforeTheFirst) {
  ServerMetrics metrics;
  const std::string failed =
      "provnet_security_reloads_total{outcome=\"failed\",what=\"access rules\"}";
  EXPECT_EQ(Value(metrics.Text(), failed), 0);
  metrics.ReloadFailed("access rules", absl::InvalidArgumentError("bad"));
  EXPECT_EQ(Value(metrics.Text(), failed), 1);
}

TEST(ServerMetricsTest, TellsWhenCertificatesExpire) {
  ServerMetrics metrics;
  metrics.CertificateExpires("server", absl::FromUnixSeconds(1'900'000'000));
  metrics.CertificateExpires("client CA", absl::FromUnixSeconds(1'800'000'000));
  metrics.CertificateExpires("server", absl::FromUnixSeconds(2'000'000'000));
  const std::string name = "provnet_tls_certificate_expiry_timestamp_seconds";
  EXPECT_EQ(Value(metrics.Text(), name + "{certificate=\"server\"}"), 2'000'000'000);
  EXPECT_EQ(Value(metrics.Text(), name + "{certificate=\"client CA\"}"), 1'800'000'000);
}

TEST(ServerMetricsTest, TheDepthIsWhatWasOfferedAndHasNotLeft) {
  ServerMetrics metrics;
  BatchProbe& probe = metrics.BatchProbeFor("digits");
  for (int i = 0; i < 10; ++i) probe.TaskOffered();
  probe.BatchFormed(6, DispatchReason::kExecutorFree);
  probe.TaskRejected(RejectReason::kQueueFull);
  const std::string text = metrics.Text();
  EXPECT_EQ(Value(text, "provnet_queue_depth{model=\"digits\"}"), 3);
  EXPECT_EQ(Value(text, "provnet_requests_rejected_total{model=\"digits\",reason=\"queue_full\"}"),
            1);
  EXPECT_EQ(Value(text, "provnet_batch_dispatch_total{model=\"digits\",reason=\"executor_free\"}"),
            1);
  EXPECT_EQ(Value(text, "provnet_batch_size_sum{model=\"digits\"}"), 6);
}

TEST(ServerMetricsTest, ShowsTheForecastAndWhoWasLate) {
  ServerMetrics metrics;
  BatchProbe& probe = metrics.BatchProbeFor("digits");
  probe.WaitPredicted(absl::Milliseconds(250));
  probe.TasksLate(3);
  for (size_t reason = 0; reason < kRejectReasonCount; ++reason)
    probe.TaskRejected(static_cast<RejectReason>(reason));
  const std::string text = metrics.Text();
  EXPECT_EQ(Value(text, "provnet_queue_predicted_wait_seconds{model=\"digits\"}"), 0.25);
  EXPECT_EQ(Value(text, "provnet_requests_late_total{model=\"digits\"}"), 3);
  for (const char* reason : {"queue_full", "draining", "wait_too_long", "deadline_too_close",
                             "displaced", "cancelled", "expired"}) {
    EXPECT_EQ(Value(text, absl::StrCat("provnet_requests_rejected_total{model=\"digits\",reason=\"",
                                       reason, "\"}")),
              1)
        << reason;
  }
}

TEST(ServerMetricsTest, OneModelHasOneProbe) {
  ServerMetrics metrics;
  EXPECT_EQ(&metrics.BatchProbeFor("a"), &metrics.BatchProbeFor("a"));
  EXPECT_NE(&metrics.BatchProbeFor("a"), &metrics.BatchProbeFor("b"));
}

TEST(ServerMetricsTest, TheModelVersionIsTheHighest) {
  ServerMetrics metrics;
  metrics.ModelLoaded({"digits", 3, "cpu", "fp32"});
  metrics.ModelLoaded({"digits", 2, "cpu", "fp32"});
  EXPECT_EQ(Value(metrics.Text(), "provnet_model_version{model=\"digits\"}"), 3);
}

TEST(ServerMetricsTest, ARetiredVersionsSeriesGoAndTheNextOneShows) {
  ServerMetrics metrics;
  metrics.ModelLoaded({"digits", 3, "cpu", "fp32"});
  metrics.ModelLoaded({"digits", 2, "cpu", "fp32"});
  metrics.ModelRetired({"digits", 3, "cpu", "fp32"});
  metrics.ModelUnloaded();
  const std::string text = metrics.Text();
  EXPECT_EQ(Value(text, "provnet_model_version{model=\"digits\"}"), 2);
  EXPECT_THAT(text, Not(HasSubstr("version=\"3\"")));
  EXPECT_EQ(Value(text, "provnet_model_loads_total"), 2);
  EXPECT_EQ(Value(text, "provnet_model_unloads_total"), 1);
  metrics.ModelRetired({"digits", 2, "cpu", "fp32"});
  EXPECT_THAT(metrics.Text(), Not(HasSubstr("provnet_model_version{")));
}

TEST(ServerMetricsTest, CountsSpansByWhatBecameOfThem) {
  ServerMetrics metrics;
  EXPECT_EQ(Value(metrics.Text(), "provnet_trace_spans_total{outcome=\"dropped\"}"), 0);
  metrics.SpansExported(5);
  metrics.SpansFailed(2);
  metrics.SpansDropped(1);
  const std::string text = metrics.Text();
  EXPECT_EQ(Value(text, "provnet_trace_spans_total{outcome=\"exported\"}"), 5);
  EXPECT_EQ(Value(text, "provnet_trace_spans_total{outcome=\"failed\"}"), 2);
  EXPECT_EQ(Value(text, "provnet_trace_spans_total{outcome=\"dropped\"}"), 1);
}

TEST(ServerMetricsTest, AwkwardModelNamesAreEscaped) {
  ServerMetrics metrics;
  metrics.BatchProbeFor("a\"b\\c\nd");
  EXPECT_THAT(metrics.Text(), HasSubstr(R"(model="a\"b\\c\nd")"));
}

TEST(ServerMetricsTest, ReportsTheProcess) {
  const std::string text = ServerMetrics().Text();
  EXPECT_GT(Value(text, "process_resident_memory_bytes"), 1 << 20);
  // After 2020, and not in the future by more than a clock's slip.
  EXPECT_GT(Value(text, "process_start_time_seconds"), 1577836800);
  EXPECT_LT(Value(text, "process_start_time_seconds"), absl::ToUnixSeconds(absl::Now()) + 60);
}

}  // namespace
}  // namespace provnet
