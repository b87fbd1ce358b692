#ifndef PROVNET_CLIENT_BENCH_BENCH_REPORT_H_
#define PROVNET_CLIENT_BENCH_BENCH_REPORT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace provnet {

// Latency of the successful calls.
struct LatencySummary {
  uint64_t count = 0;
  absl::Duration mean, p50, p90, p99, p999, max;
};

// What the run cost the server, from its own metrics.
struct ServerCost {
  // CPU time that the server process used while the window lasted.
  absl::Duration cpu;
  // Resident set at the end of the window, in bytes.
  uint64_t rss_bytes = 0;
};

// One measured run.
struct BenchReport {
  // "closed" or "open".
  std::string loop;
  size_t concurrency = 0;
  double rate = 0;
  size_t channels = 0;
  absl::Duration window;
  // Calls that ended inside the window.
  uint64_t succeeded = 0;
  uint64_t response_bytes = 0;
  std::map<absl::StatusCode, uint64_t> failures;
  LatencySummary latency;
  // CPU time of this process while the window lasted.
  absl::Duration client_cpu;
  std::optional<ServerCost> server;

  uint64_t failed() const;
  // Successful calls a second.
  double throughput() const;
  // CPU seconds per call that ended in the window; nothing when none did.
  std::optional<double> client_cpu_seconds_per_request() const;
  std::optional<double> server_cpu_seconds_per_request() const;
};

// A few aligned lines for people.
std::string BenchReportText(const BenchReport& report);

// One JSON object with units in its names; see docs for an example. Ends with a newline.
std::string BenchReportJson(const BenchReport& report);

}  // namespace provnet

#endif  // PROVNET_CLIENT_BENCH_BENCH_REPORT_H_
