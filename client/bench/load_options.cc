#include "client/bench/load_options.h"

#include "absl/strings/str_cat.h"

namespace provnet {

absl::Status Validate(const LoadOptions& options) {
  if (options.concurrency == 0 || options.channels == 0 || options.max_outstanding == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("concurrency is ", options.concurrency, ", channels ", options.channels,
                     ", max_outstanding ", options.max_outstanding, "; expected each at least 1"));
  }
  if (options.streams > 0 && (options.rate > 0 || options.streams > options.concurrency)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "streams is ", options.streams, " with a rate of ", options.rate, " and a concurrency of ",
        options.concurrency,
        "; expected the closed loop (no --rate) and at most a stream for each of its requests"));
  }
  if (options.rate < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("rate is ", options.rate, "; expected requests a second, or 0"));
  }
  if (options.throttle && options.rate == 0) {
    return absl::InvalidArgumentError(
        "throttle is set without a rate; expected the open loop (--rate), since callers that wait "
        "for their answers hold themselves back");
  }
  if (options.duration <= absl::ZeroDuration() || options.warmup < absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        absl::StrCat("duration is ", absl::FormatDuration(options.duration), " and warmup ",
                     absl::FormatDuration(options.warmup),
                     "; expected a duration above zero and no negative warmup"));
  }
  return absl::OkStatus();
}

}  // namespace provnet
