#ifndef PROVNET_CLIENT_CLI_FLAGS_H_
#define PROVNET_CLIENT_CLI_FLAGS_H_

#include <cstdint>
#include <string>

#include "absl/flags/declare.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "client/client_options.h"
#include "provnet/v1/provenance_service.pb.h"

ABSL_DECLARE_FLAG(std::string, server);
ABSL_DECLARE_FLAG(std::string, model);
ABSL_DECLARE_FLAG(uint64_t, model_version);
ABSL_DECLARE_FLAG(absl::Duration, timeout);
ABSL_DECLARE_FLAG(std::string, token_file);
ABSL_DECLARE_FLAG(std::string, json);
ABSL_DECLARE_FLAG(uint32_t, top_k);
ABSL_DECLARE_FLAG(std::string, html);
ABSL_DECLARE_FLAG(bool, contents);
ABSL_DECLARE_FLAG(std::string, save);
ABSL_DECLARE_FLAG(bool, png);
ABSL_DECLARE_FLAG(absl::optional<uint32_t>, label);
ABSL_DECLARE_FLAG(double, false_positive_rate);
ABSL_DECLARE_FLAG(uint32_t, concurrency);
ABSL_DECLARE_FLAG(uint32_t, streams);
ABSL_DECLARE_FLAG(double, rate);
ABSL_DECLARE_FLAG(absl::Duration, duration);
ABSL_DECLARE_FLAG(absl::Duration, warmup);
ABSL_DECLARE_FLAG(bool, throttle);
ABSL_DECLARE_FLAG(uint32_t, channels);
ABSL_DECLARE_FLAG(std::string, image);
ABSL_DECLARE_FLAG(bool, include_exemplars);
ABSL_DECLARE_FLAG(std::string, http);
ABSL_DECLARE_FLAG(uint64_t, seed);

namespace provnet {

// The target that --server names, with its port. INVALID_ARGUMENT names the flag.
absl::StatusOr<std::string> ServerFromFlags();

// The client that --server, --timeout, --token-file and, in the environment, TRACEPARENT describe.
// The token file's errors name it.
absl::StatusOr<ClientOptions> ClientOptionsFromFlags();

// The model that --model and --version name.
v1::ModelSelector ModelFromFlags();

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_FLAGS_H_
