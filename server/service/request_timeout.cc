#include "server/service/request_timeout.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace provnet {

absl::StatusOr<absl::Duration> DeadlineOf(const v1::ExplainRequest& request,
                                          absl::Duration call_deadline, const Clock& clock) {
  if (!request.has_timeout()) return call_deadline;
  const absl::Duration timeout =
      absl::Seconds(request.timeout().seconds()) + absl::Nanoseconds(request.timeout().nanos());
  if (timeout > absl::ZeroDuration()) return std::min(call_deadline, clock.Monotonic() + timeout);
  return absl::InvalidArgumentError(
      absl::StrCat("timeout is ", absl::FormatDuration(timeout), ", expected above 0"));
}

}  // namespace provnet
