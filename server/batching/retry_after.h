#ifndef PROVNET_SERVER_BATCHING_RETRY_AFTER_H_
#define PROVNET_SERVER_BATCHING_RETRY_AFTER_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace provnet {

// A refusal's advice on when trying again makes sense, carried by the status as a payload of our
// own, since batching knows no wire format. `status` is not OK.
absl::Status WithRetryAfter(absl::Status status, absl::Duration delay);

// What WithRetryAfter attached, if anything.
std::optional<absl::Duration> RetryAfter(const absl::Status& status);

// The same status without it.
absl::Status WithoutRetryAfter(absl::Status status);

}  // namespace provnet

#endif  // PROVNET_SERVER_BATCHING_RETRY_AFTER_H_
