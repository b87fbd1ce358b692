#ifndef PROVNET_SERVER_SERVICE_REQUEST_PRIORITY_H_
#define PROVNET_SERVER_SERVICE_REQUEST_PRIORITY_H_

#include "absl/status/statusor.h"
#include "provnet/v1/provenance_service.pb.h"
#include "server/batching/batch_task.h"

namespace provnet {

// A request's priority field for the queue; unset is normal. INVALID_ARGUMENT names a number that
// is none.
absl::StatusOr<Priority> ParsePriority(v1::Priority priority);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_REQUEST_PRIORITY_H_
