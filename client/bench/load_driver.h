#ifndef PROVNET_CLIENT_BENCH_LOAD_DRIVER_H_
#define PROVNET_CLIENT_BENCH_LOAD_DRIVER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "client/bench/bench_report.h"
#include "client/client_options.h"
#include "provnet/v1/provenance_service.pb.h"

namespace provnet {

struct LoadOptions {
  // Where to, how long a call may take (timeout) and how large messages may be. Calls are never
  // tried again: every failure counts.
  ClientOptions client;
  // Closed loop: this many callers, each of which sends its next request when the last is answered.
  size_t concurrency = 64;
  // Open loop, when above zero: requests a second, as a Poisson process; latency counts from when a
  // request was due.
  double rate = 0;
  // Open loop: unanswered requests never exceed this; the schedule goes on meanwhile, so the wait
  // shows as latency.
  size_t max_outstanding = 4096;
  absl::Duration warmup = absl::Seconds(2);
  absl::Duration duration = absl::Seconds(10);
  // Open loop: hold calls back as the client library does (AdaptiveThrottle), one throttle for all.
  bool throttle = false;
  // Connections, used in turn.
  size_t channels = 1;
  uint64_t seed = 1;
  // host:port of the server's HTTP side, to measure what a request costs it; empty: not measured.
  std::string http;
};

// OK, or INVALID_ARGUMENT naming the option that is out of range.
absl::Status Validate(const LoadOptions& options);

// Sends `requests` in turn, over and over, and measures. Blocks for warmup + duration + the last
// answers. Uses gRPC's callback API: no thread of ours waits for an answer, requests are serialised
// once, responses are not parsed, so the driver costs few cycles beside the server.
// INVALID_ARGUMENT when an option is out of range or there is no request; UNAVAILABLE when `http`
// can't be read. Calls that fail are part of the report.
absl::StatusOr<BenchReport> RunLoad(const LoadOptions& options,
                                    absl::Span<const v1::ExplainRequest> requests);

}  // namespace provnet

#endif  // PROVNET_CLIENT_BENCH_LOAD_DRIVER_H_
