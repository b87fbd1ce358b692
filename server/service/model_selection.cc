#include "server/service/model_selection.h"

#include <optional>

namespace provnet {

absl::StatusOr<ServedModelHandle> FindModel(const ModelRegistry& models,
                                            const v1::ModelSelector& selector) {
  return models.Find(
      {.name = selector.name(),
       .version = selector.has_version() ? std::optional(selector.version()) : std::nullopt,
       .label = selector.label()});
}

}  // namespace provnet
