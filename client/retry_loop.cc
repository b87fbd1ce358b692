#include "client/retry_loop.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"

namespace provnet {

RetryLoop::RetryLoop(const ClientOptions& options, absl::Duration timeout)
    : options_(options), deadline_(options.environment.clock->Monotonic() + timeout) {}

absl::Duration RetryLoop::TimeLeft() const {
  return deadline_ - options_.environment.clock->Monotonic();
}

bool RetryLoop::WaitToRetry(const RpcFailure& failure) {
  std::optional<absl::Duration> delay =
      RetryDelay(options_.retry, {failure.status.code(), attempt_, failure.retry_delay, TimeLeft(),
                                  options_.environment.random()});
  if (!delay.has_value()) return false;
  options_.environment.sleep(*delay);
  ++attempt_;
  ++attempts_made_;
  return true;
}

absl::Status RetryLoop::Describe(const absl::Status& status, absl::string_view call) const {
  std::string message = absl::StrCat(call, " at ", options_.target, ": ", status.message());
  if (attempts_made_ > 1) absl::StrAppend(&message, " (tried ", attempts_made_, " times)");
  return absl::Status(status.code(), message);
}

}  // namespace provnet
