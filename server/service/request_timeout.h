#ifndef PROVNET_SERVER_SERVICE_REQUEST_TIMEOUT_H_
#define PROVNET_SERVER_SERVICE_REQUEST_TIMEOUT_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "provnet/v1/provenance_service.pb.h"
#include "storage/base/clock.h"

namespace provnet {

// When a request that has just arrived is to be given up, on `clock`: after its own timeout or at
// the deadline of its call, whichever is first. INVALID_ARGUMENT names a timeout that is not above
// zero.
absl::StatusOr<absl::Duration> DeadlineOf(const v1::ExplainRequest& request,
                                          absl::Duration call_deadline, const Clock& clock);

// Has no timeout of its own.
inline absl::StatusOr<absl::Duration> DeadlineOf(const v1::CheckMembershipRequest&,
                                                 absl::Duration call_deadline, const Clock&) {
  return call_deadline;
}

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_REQUEST_TIMEOUT_H_
