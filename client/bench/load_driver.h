#ifndef PROVNET_CLIENT_BENCH_LOAD_DRIVER_H_
#define PROVNET_CLIENT_BENCH_LOAD_DRIVER_H_

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "client/bench/bench_report.h"
#include "client/bench/load_options.h"
#include "provnet/v1/provenance_service.pb.h"

namespace provnet {

// Sends `requests` in turn, over and over, and measures. Blocks for warmup + duration + the last
// answers. Uses gRPC's callback API: no thread of ours waits for an answer, requests are serialised
// once, responses of calls are not parsed, so the driver costs few cycles beside the server.
// INVALID_ARGUMENT when an option is out of range or there is no request; FAILED_PRECONDITION when
// `http` can't be read. Calls that fail are part of the report.
absl::StatusOr<BenchReport> RunLoad(const LoadOptions& options,
                                    absl::Span<const v1::ExplainRequest> requests);

}  // namespace provnet

#endif  // PROVNET_CLIENT_BENCH_LOAD_DRIVER_H_
