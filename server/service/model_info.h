#ifndef PROVNET_SERVER_SERVICE_MODEL_INFO_H_
#define PROVNET_SERVER_SERVICE_MODEL_INFO_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "provnet/v1/provenance_service.pb.h"
#include "server/lifecycle/model_registry.h"

namespace provnet {

// A version that was tried as ListModels and GetModel show it: a loaded one in full, others with
// where they stand and why.
v1::ModelInfo MakeModelInfo(const ModelReport& report);

// Fills info with that version, loaded or not, and other_versions with the model's others. False
// when the version is not known. For callers who may see the model.
bool DescribeVersion(const ModelRegistry& models, absl::string_view name, uint64_t version,
                     v1::GetModelResponse& response);

// The same of a loaded version, with its manifest but for the choice of its samples.
// Neither names a path of a host.
void DescribeModel(const ModelRegistry& models, const ServedModel& model,
                   v1::GetModelResponse& response);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_MODEL_INFO_H_
