#ifndef PROVNET_CLIENT_RETRY_POLICY_H_
#define PROVNET_CLIENT_RETRY_POLICY_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace provnet {

// How often a failed call is tried again, and how long the waits between the attempts are.
struct RetryOptions {
  // Attempts in all, the first included; 1 switches retries off.
  int max_attempts = 5;
  // Upper bound of the wait after the first failure. Each further one is `multiplier` times longer.
  absl::Duration initial_backoff = absl::Milliseconds(100);
  // No backoff is longer. A wait that the server itself asks for may be.
  absl::Duration max_backoff = absl::Seconds(5);
  double multiplier = 2.0;
};

// OK, or INVALID_ARGUMENT naming the field that is out of range.
absl::Status Validate(const RetryOptions& options);

// What is known when an attempt has failed.
struct FailedAttempt {
  absl::StatusCode code = absl::StatusCode::kUnknown;
  // 1 for the first attempt.
  int attempt = 1;
  // The server's google.rpc.RetryInfo, when it sent one.
  std::optional<absl::Duration> server_delay;
  // Until the call's deadline.
  absl::Duration time_left = absl::InfiniteDuration();
  // Uniform in [0, 1).
  double jitter = 0;
};

// How long to wait before the next attempt, or nothing when there should be none. A pure function:
// - UNAVAILABLE is tried again; RESOURCE_EXHAUSTED only when the server sent RetryInfo, since
// without one it means a
//   message over the size limit, which stays too large; nothing else is tried again.
// - The wait is the server's delay plus a random share ("full jitter") of the exponential backoff,
// so that callers
//   that were refused together do not come back together.
// - A wait that would reach the deadline is not begun.
std::optional<absl::Duration> RetryDelay(const RetryOptions& options, const FailedAttempt& failed);

}  // namespace provnet

#endif  // PROVNET_CLIENT_RETRY_POLICY_H_
