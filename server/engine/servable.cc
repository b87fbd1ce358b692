#include "server/engine/servable.h"

#include "absl/strings/str_cat.h"
#include "server/engine/torch_servable.h"

namespace provnet {

absl::StatusOr<std::shared_ptr<const Servable>> Servable::Load(const BundleLocation& location,
                                                               const EngineOptions& options) {
  return TorchServable::Load(location, options);
}

size_t Servable::input_size() const {
  const v1::InputSpec& input = manifest().input();
  return size_t{input.channels()} * input.height() * input.width();
}

}  // namespace provnet
