#ifndef PROVNET_CLIENT_BENCH_LOAD_OPTIONS_H_
#define PROVNET_CLIENT_BENCH_LOAD_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/client_options.h"

namespace provnet {

struct LoadOptions {
  // Where to, how long a call may take (timeout) and how large messages may be. Calls are never
  // tried again: every failure counts.
  ClientOptions client;
  // Closed loop: this many callers, each of which sends its next request when the last is answered.
  size_t concurrency = 64;
  // Closed loop: that many ExplainStream calls carry the requests, `concurrency` of them unanswered
  // at a time, in place of one Explain call each; 0: calls.
  size_t streams = 0;
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

// OK, or INVALID_ARGUMENT naming the option that is out of range, as the flag of 'provnet bench'.
absl::Status Validate(const LoadOptions& options);

}  // namespace provnet

#endif  // PROVNET_CLIENT_BENCH_LOAD_OPTIONS_H_
