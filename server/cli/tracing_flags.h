#ifndef PROVNET_SERVER_CLI_TRACING_FLAGS_H_
#define PROVNET_SERVER_CLI_TRACING_FLAGS_H_

#include <optional>

#include "absl/status/statusor.h"
#include "server/tracing/otlp_endpoint.h"

namespace provnet {

// What the flags about spans say.
struct TracingOptions {
  // Absent: none are exported.
  std::optional<OtlpEndpoint> endpoint;
  double sample_ratio = 0;
};

// INVALID_ARGUMENT names the flag, its value and what was expected; UNIMPLEMENTED what this build
// lacks for them.
absl::StatusOr<TracingOptions> TracingOptionsFromFlags();

}  // namespace provnet

#endif  // PROVNET_SERVER_CLI_TRACING_FLAGS_H_
