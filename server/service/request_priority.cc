#include "server/service/request_priority.h"

#include "absl/strings/str_cat.h"

namespace provnet {

absl::StatusOr<Priority> ParsePriority(v1::Priority priority) {
  switch (priority) {
    case v1::PRIORITY_HIGH:
      return Priority::kHigh;
    case v1::PRIORITY_UNSPECIFIED:
    case v1::PRIORITY_NORMAL:
      return Priority::kNormal;
    case v1::PRIORITY_LOW:
      return Priority::kLow;
    default:
      return absl::InvalidArgumentError(absl::StrCat(
          "priority is ", static_cast<int>(priority),
          ", expected PRIORITY_HIGH (1), PRIORITY_NORMAL (2), PRIORITY_LOW (3) or none"));
  }
}

}  // namespace provnet
