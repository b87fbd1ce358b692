#include "server/service/model_selection.h"

#include <optional>

namespace provnet {

absl::StatusOr<ServedModelHandle> FindModel(const ModelRegistry& models,
                                            const v1::ModelSelector& selector) {
  return models.Find(selector.name(),
                     selector.has_version() ? std::optional(selector.version()) : std::nullopt);
}

}  // namespace provnet
