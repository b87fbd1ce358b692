#include "server/engine/servable.h"

#include "server/engine/torch_servable.h"
#include "storage/host_path.h"

namespace provnet {

absl::StatusOr<std::shared_ptr<const Servable>> Servable::Load(const BundleLocation& location,
                                                               const EngineOptions& options) {
  auto servable = TorchServable::Load(location, options);
  if (!servable.ok()) return WithoutHostPath(servable.status(), location);
  return servable;
}

}  // namespace provnet
