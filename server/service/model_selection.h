#ifndef PROVNET_SERVER_SERVICE_MODEL_SELECTION_H_
#define PROVNET_SERVER_SERVICE_MODEL_SELECTION_H_

#include "absl/status/statusor.h"
#include "provnet/v1/provenance_service.pb.h"
#include "server/lifecycle/model_registry.h"

namespace provnet {

// The version that a request names; errors as of ModelRegistry::Find.
absl::StatusOr<ServedModelHandle> FindModel(const ModelRegistry& models,
                                            const v1::ModelSelector& selector);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_MODEL_SELECTION_H_
