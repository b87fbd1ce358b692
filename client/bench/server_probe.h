#ifndef PROVNET_CLIENT_BENCH_SERVER_PROBE_H_
#define PROVNET_CLIENT_BENCH_SERVER_PROBE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace provnet {

// What a server process has used since its start.
struct ProcessUsage {
  // process_cpu_seconds_total: user and system time of all threads.
  absl::Duration cpu;
  // process_resident_memory_bytes.
  uint64_t rss_bytes = 0;
  // provnet_batch_size_sum and provnet_requests_late_total over all models: requests that were run,
  // and those whose deadline passed meanwhile. 0 for servers that do not count them.
  uint64_t requests_run = 0;
  uint64_t requests_late = 0;
};

// Reads them from a Prometheus text exposition. NOT_FOUND names the process metric that is missing.
absl::StatusOr<ProcessUsage> ParseProcessUsage(absl::string_view exposition);

// The same from http://host_port/metrics. FAILED_PRECONDITION when nothing answers there with
// success.
absl::StatusOr<ProcessUsage> ReadProcessUsage(const std::string& host_port);

}  // namespace provnet

#endif  // PROVNET_CLIENT_BENCH_SERVER_PROBE_H_
