#ifndef PROVNET_SERVER_CLI_LIFECYCLE_FLAGS_H_
#define PROVNET_SERVER_CLI_LIFECYCLE_FLAGS_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/lifecycle/memory_limit.h"
#include "server/lifecycle/model_lifecycle.h"

namespace provnet {

// What the flags about the life of models say.
struct LifecycleOptions {
  ModelLifecycle::Options lifecycle = {};
  // Whether the repository is looked at again after the start.
  bool watch = true;
  // At least so often, whether something was noticed or not.
  absl::Duration poll_interval = absl::Seconds(10);
  MemoryLimit memory_limit = {};
  // How long to go on looking at the start for something to serve; 0 ends at once.
  absl::Duration await_models = absl::ZeroDuration();
};

// INVALID_ARGUMENT names the flag, its value and what was expected.
absl::StatusOr<LifecycleOptions> LifecycleOptionsFromFlags();

}  // namespace provnet

#endif  // PROVNET_SERVER_CLI_LIFECYCLE_FLAGS_H_
