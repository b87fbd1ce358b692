#include "server/batching/retry_after.h"

#include <cstdint>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"

namespace provnet {
namespace {

constexpr char kRetryAfterUrl[] = "provnet/batching/retry_after_ns";

}  // namespace

absl::Status WithRetryAfter(absl::Status status, absl::Duration delay) {
  status.SetPayload(kRetryAfterUrl, absl::Cord(absl::StrCat(absl::ToInt64Nanoseconds(delay))));
  return status;
}

std::optional<absl::Duration> RetryAfter(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kRetryAfterUrl);
  int64_t nanoseconds = 0;
  if (!payload.has_value() || !absl::SimpleAtoi(std::string(*payload), &nanoseconds))
    return std::nullopt;
  return absl::Nanoseconds(nanoseconds);
}

absl::Status WithoutRetryAfter(absl::Status status) {
  status.ErasePayload(kRetryAfterUrl);
  return status;
}

}  // namespace provnet
