#ifndef PROVNET_CLIENT_BENCH_BENCH_REPORT_H_
#define PROVNET_CLIENT_BENCH_BENCH_REPORT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace provnet {

// Durations of one kind, e.g. the latency of the successful calls.
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
  // Requests that its models ran while the window lasted, and those of them whose deadline passed
  // meanwhile.
  uint64_t requests_run = 0;
  uint64_t requests_late = 0;
};

// One measured run.
struct BenchReport {
  // "closed" or "open".
  std::string loop;
  size_t concurrency = 0;
  // ExplainStream calls that carried the requests; 0: a call each.
  size_t streams = 0;
  double rate = 0;
  size_t channels = 0;
  absl::Duration window;
  // Calls that ended inside the window.
  uint64_t succeeded = 0;
  uint64_t response_bytes = 0;
  std::map<absl::StatusCode, uint64_t> failures;
  // How long a call may take.
  absl::Duration deadline;
  // Calls that were due inside the window, those of them that the throttle kept from being sent,
  // and those that were answered within `deadline` of when they were due.
  uint64_t offered = 0;
  uint64_t held_back = 0;
  uint64_t in_time = 0;
  LatencySummary latency;
  // Of calls that ended with RESOURCE_EXHAUSTED, from when they were sent.
  LatencySummary refusal_latency;
  // How late the driver itself was: a run in which this is large did not offer what it says.
  LatencySummary send_lag;
  // CPU time of this process while the window lasted.
  absl::Duration client_cpu;
  std::optional<ServerCost> server;

  uint64_t failed() const;
  // Successful calls a second.
  double throughput() const;
  // Calls a second that were answered in time.
  double goodput() const;
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
