#include "client/retry_policy.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace provnet {
namespace {

bool WorthAnotherAttempt(const FailedAttempt& failed) {
  if (failed.code == absl::StatusCode::kUnavailable) return true;
  return failed.code == absl::StatusCode::kResourceExhausted && failed.server_delay.has_value();
}

absl::Duration Backoff(const RetryOptions& options, int attempt) {
  double factor = std::pow(options.multiplier, attempt - 1);
  return std::min(options.max_backoff, options.initial_backoff * factor);
}

}  // namespace

absl::Status Validate(const RetryOptions& options) {
  if (options.max_attempts < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("max_attempts is ", options.max_attempts,
                     "; expected at least 1 (1 switches retries off)"));
  }
  if (options.initial_backoff < absl::ZeroDuration() ||
      options.max_backoff < options.initial_backoff) {
    return absl::InvalidArgumentError(
        absl::StrCat("backoff runs from ", absl::FormatDuration(options.initial_backoff), " to ",
                     absl::FormatDuration(options.max_backoff),
                     "; expected 0 <= initial_backoff <= max_backoff"));
  }
  if (!(options.multiplier >= 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("backoff multiplier is ", options.multiplier, "; expected at least 1"));
  }
  return absl::OkStatus();
}

std::optional<absl::Duration> RetryDelay(const RetryOptions& options, const FailedAttempt& failed) {
  if (!WorthAnotherAttempt(failed) || failed.attempt >= options.max_attempts) return std::nullopt;
  absl::Duration asked =
      std::max(failed.server_delay.value_or(absl::ZeroDuration()), absl::ZeroDuration());
  absl::Duration delay = asked + failed.jitter * Backoff(options, failed.attempt);
  if (delay >= failed.time_left) return std::nullopt;
  return delay;
}

}  // namespace provnet
