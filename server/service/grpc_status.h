#ifndef PROVNET_SERVER_SERVICE_GRPC_STATUS_H_
#define PROVNET_SERVER_SERVICE_GRPC_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "provnet/v1/provenance_service.pb.h"

namespace provnet {

// Attaches google.rpc.RetryInfo: trying again makes sense after `delay`. `status` is not OK.
absl::Status WithRetryDelay(absl::Status status, absl::Duration delay);

// Attaches the delay that the queue advised (RetryAfter), or else one that fits the code: short for
// RESOURCE_EXHAUSTED (a full queue empties within some batches) and for UNAVAILABLE (another
// server, or this one after its restart). Other codes and OK are returned as they are.
absl::Status AdviseRetry(absl::Status status);

// The delay that WithRetryDelay attached; zero when there is none.
absl::Duration RetryDelay(const absl::Status& status);

// The single way from our statuses to the wire. Codes and messages stay (messages are cut at 1 KiB,
// since gRPC carries them in a header, and name no path of the host); payloads become the details
// of a google.rpc.Status in the trailer grpc-status-details-bin.
grpc::Status ToGrpcStatus(const absl::Status& status);

// The same for one request of a stream. `status` is not OK.
v1::RequestError ToRequestError(const absl::Status& status);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_GRPC_STATUS_H_
