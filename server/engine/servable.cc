#include "server/engine/servable.h"

#include "absl/strings/str_cat.h"
#include "server/engine/torch_servable.h"

namespace provnet {

absl::StatusOr<std::shared_ptr<const Servable>> Servable::Load(const BundleLocation& location,
                                                               const EngineOptions& options) {
  return TorchServable::Load(location, options);
}

}  // namespace provnet
