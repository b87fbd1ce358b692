#ifndef PROVNET_SERVER_SERVICE_MODEL_VERSION_H_
#define PROVNET_SERVER_SERVICE_MODEL_VERSION_H_

#include "provnet/v1/provenance_service.pb.h"
#include "server/engine/servable.h"

namespace provnet {

// The version that answered, as every answer names it.
v1::ModelVersion MakeModelVersion(const Servable& servable);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_MODEL_VERSION_H_
