#ifndef PROVNET_SERVER_SERVICE_CAPABILITY_CONDITIONS_H_
#define PROVNET_SERVER_SERVICE_CAPABILITY_CONDITIONS_H_

#include "absl/status/status.h"
#include "server/lifecycle/model_registry.h"

namespace provnet {

// DATA_LOSS names the first version that answers from a sample store in which damage was met. Such
// a version's other samples, and its classes, are as good as ever.
absl::Status CheckStoresSound(const ModelRegistry& models);

// FAILED_PRECONDITION when no version that answers has a membership reference.
absl::Status CheckSomeReference(const ModelRegistry& models);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_CAPABILITY_CONDITIONS_H_
