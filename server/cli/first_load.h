#ifndef PROVNET_SERVER_CLI_FIRST_LOAD_H_
#define PROVNET_SERVER_CLI_FIRST_LOAD_H_

#include "absl/status/status.h"
#include "server/cli/lifecycle_flags.h"
#include "server/lifecycle/model_lifecycle.h"
#include "server/lifecycle/model_registry.h"
#include "server/service/structured_log.h"

namespace provnet {

// Loads what there is to serve. Where that is nothing, logs why, and goes on looking for
// options.await_models: meanwhile the server is up, not ready, and its metrics count the refusals,
// so that whoever watches it learns more than from one that has gone. OK once something is served;
// else why nothing is, at the end. Blocks; `lifecycle` is this thread's alone meanwhile.
absl::Status LoadFirst(const LifecycleOptions& options, ModelLifecycle& lifecycle,
                       const ModelRegistry& registry, const StructuredLog& log);

}  // namespace provnet

#endif  // PROVNET_SERVER_CLI_FIRST_LOAD_H_
