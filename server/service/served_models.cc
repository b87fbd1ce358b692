#include "server/service/served_models.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/service/explain_task.h"
#include "storage/base/status_macros.h"

namespace provnet {

absl::StatusOr<std::unique_ptr<ServedModels>> ServedModels::Create(
    const ModelRegistry& registry, const BatchQueue::Options& options, const Clock& clock,
    const ProbeFor& probe_for) {
  auto models = std::unique_ptr<ServedModels>(new ServedModels(registry));
  for (const ModelReport& report : registry.Reports()) {
    if (report.handle == nullptr) continue;
    const ModelHandle handle = report.handle;
    PROVNET_ASSIGN_OR_RETURN(auto queue,
                             BatchQueue::Create(
                                 options,
                                 [handle](std::vector<std::unique_ptr<BatchTask>> batch) {
                                   RunExplainBatch(*handle, std::move(batch));
                                 },
                                 clock, probe_for(*handle)));
    models->models_[handle.get()] = ServedModel{handle, std::move(queue)};
  }
  return models;
}

absl::StatusOr<const ServedModel*> ServedModels::Find(const v1::ModelSelector& selector) const {
  const std::optional<uint64_t> version =
      selector.has_version() ? std::optional(selector.version()) : std::nullopt;
  PROVNET_ASSIGN_OR_RETURN(const ModelHandle handle, registry_.Find(selector.name(), version));
  const auto found = models_.find(handle.get());
  if (found == models_.end()) {
    return absl::InternalError(absl::StrCat("model \"", handle->manifest().model(), "\" version ",
                                            handle->manifest().version(), " has no queue"));
  }
  return &found->second;
}

void ServedModels::Drain() {
  for (auto& [servable, model] : models_) model.queue->Drain();
}

}  // namespace provnet
