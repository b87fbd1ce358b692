#include "client/bench/server_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <string>
#include <thread>

#include "absl/strings/str_cat.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

constexpr char kExposition[] =
    "# HELP process_cpu_seconds_total CPU\n"
    "# TYPE process_cpu_seconds_total counter\n"
    "process_cpu_seconds_total 12.5\n"
    "process_cpu_seconds_total_more 99\n"
    "requests{code=\"OK\"} 3\n"
    "process_resident_memory_bytes 1.048576e+06\n"
    "provnet_batch_size_sum{model=\"a\"} 40\n"
    "provnet_batch_size_sum{model=\"b c\"} 2\n"
    "provnet_batch_size_summary{model=\"b c\"} 7\n"
    "provnet_requests_late_total{model=\"a\"} 3\n";

TEST(ServerProbeTest, ReadsTheProcessAndSumsUpTheModels) {
  absl::StatusOr<ProcessUsage> usage = ParseProcessUsage(kExposition);
  ASSERT_TRUE(usage.ok()) << usage.status();
  EXPECT_EQ(usage->cpu, absl::Seconds(12.5));
  EXPECT_EQ(usage->rss_bytes, 1 << 20);
  EXPECT_EQ(usage->requests_run, 42);
  EXPECT_EQ(usage->requests_late, 3);
}

TEST(ServerProbeTest, AServerWithoutModelsHasRunNothing) {
  absl::StatusOr<ProcessUsage> usage =
      ParseProcessUsage("process_cpu_seconds_total 1\nprocess_resident_memory_bytes 2\n");
  ASSERT_TRUE(usage.ok()) << usage.status();
  EXPECT_EQ(usage->requests_run, 0);
}

TEST(ServerProbeTest, NamesTheMetricThatIsMissing) {
  absl::Status status = ParseProcessUsage("process_cpu_seconds_total 1\n").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("process_resident_memory_bytes"));
}

TEST(ServerProbeTest, ScrapesARunningServer) {
  httplib::Server server;
  server.Get("/metrics", [](const httplib::Request&, httplib::Response& response) {
    response.set_content(kExposition, "text/plain");
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread serving([&] { server.listen_after_bind(); });
  absl::StatusOr<ProcessUsage> usage = ReadProcessUsage(absl::StrCat("127.0.0.1:", port));
  server.stop();
  serving.join();
  ASSERT_TRUE(usage.ok()) << usage.status();
  EXPECT_EQ(usage->cpu, absl::Seconds(12.5));
}

}  // namespace
}  // namespace provnet
