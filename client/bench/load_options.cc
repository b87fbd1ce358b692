#include "client/bench/load_options.h"

#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace provnet {
namespace {

absl::Status Wrong(absl::string_view flag, absl::string_view value, absl::string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat(flag, "=", value, "; expected ", expected));
}

absl::Status CheckTimes(const LoadOptions& options) {
  const auto finite_from = [](absl::Duration time, absl::Duration least) {
    return time >= least && time < absl::InfiniteDuration();
  };
  if (!finite_from(options.duration, absl::Nanoseconds(1))) {
    return Wrong("--duration", absl::FormatDuration(options.duration),
                 "a time above zero, for example 30s");
  }
  if (!finite_from(options.warmup, absl::ZeroDuration())) {
    return Wrong("--warmup", absl::FormatDuration(options.warmup),
                 "a time of 0 or more, for example 2s");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Validate(const LoadOptions& options) {
  if (options.concurrency == 0) return Wrong("--concurrency", "0", "at least 1");
  if (options.channels == 0) return Wrong("--channels", "0", "at least 1");
  if (options.max_outstanding == 0)
    return absl::InvalidArgumentError("max_outstanding is 0; expected at least 1");
  if (!(options.rate >= 0) || std::isinf(options.rate)) {
    return Wrong("--rate", absl::StrCat(options.rate),
                 "requests a second, or 0 for the closed loop");
  }
  if (options.streams > 0 && options.rate > 0) {
    return Wrong("--streams", absl::StrCat(options.streams), "none in the open loop (--rate)");
  }
  if (options.streams > options.concurrency) {
    return Wrong("--streams", absl::StrCat(options.streams),
                 absl::StrCat("at most a stream for each request at a time (--concurrency=",
                              options.concurrency, ")"));
  }
  if (options.throttle && options.rate == 0) {
    return absl::InvalidArgumentError(
        "--throttle applies in the open loop (--rate) only; callers that wait for their answers "
        "hold themselves back");
  }
  if (!options.http.empty() &&
      (absl::StrContains(options.http, '/') || !absl::StrContains(options.http, ':')))
    return Wrong("--http", options.http, "HOST:PORT, such as 127.0.0.1:8501");
  return CheckTimes(options);
}

}  // namespace provnet
