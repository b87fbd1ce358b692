#include "server/service/model_version.h"

namespace provnet {

void SetModelVersion(const Servable& servable, v1::ModelVersion& version) {
  version.set_name(servable.manifest().model());
  version.set_version(servable.manifest().version());
  version.set_store_snapshot_id(servable.store_snapshot_id());
}

}  // namespace provnet
