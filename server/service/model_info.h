#ifndef PROVNET_SERVER_SERVICE_MODEL_INFO_H_
#define PROVNET_SERVER_SERVICE_MODEL_INFO_H_

#include "provnet/v1/provenance_service.pb.h"
#include "server/lifecycle/model_registry.h"

namespace provnet {

// A loaded version as ListModels and GetModel show it.
v1::ModelInfo AvailableModelInfo(const Servable& servable);

// Any version that was tried: a loaded one as above, others with where they stand and why.
v1::ModelInfo MakeModelInfo(const ModelReport& report);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_MODEL_INFO_H_
