#ifndef PROVNET_SERVER_SERVICE_MODEL_VERSION_H_
#define PROVNET_SERVER_SERVICE_MODEL_VERSION_H_

#include "provnet/v1/provenance_service.pb.h"
#include "server/engine/servable.h"

namespace provnet {

// Fills in the version that answers, as every answer names it.
void SetModelVersion(const Servable& servable, v1::ModelVersion& version);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_MODEL_VERSION_H_
