#include "server/service/model_info.h"

#include <string>
#include <vector>

#include "server/service/host_paths.h"
#include "server/service/model_version.h"

namespace provnet {
namespace {

v1::ModelInfo AvailableModelInfo(const Servable& servable) {
  const v1::BundleManifest& manifest = servable.manifest();
  v1::ModelInfo info;
  SetModelVersion(servable, *info.mutable_model());
  info.set_state(v1::ModelInfo::STATE_AVAILABLE);
  info.set_head(manifest.index_head().type());
  *info.mutable_input() = manifest.input();
  info.set_class_count(static_cast<uint32_t>(servable.class_count()));
  info.set_sample_count(servable.sample_count());
  *info.mutable_created() = manifest.created();
  info.set_device(servable.device());
  info.set_index_precision(servable.index_precision());
  info.set_index_search(servable.index_search());
  return info;
}

}  // namespace

v1::ModelInfo MakeModelInfo(const ModelReport& report) {
  if (report.served != nullptr) {
    v1::ModelInfo info = AvailableModelInfo(*report.served->handle);
    info.set_error(WithoutHostPaths(report.status.message()));
    for (const auto& [name, share] : report.labels) {
      v1::ServedLabel& label = *info.add_labels();
      label.set_name(name);
      label.set_share(share);
    }
    return info;
  }
  v1::ModelInfo info;
  info.mutable_model()->set_name(report.location.model);
  info.mutable_model()->set_version(report.location.version);
  info.set_state(report.state == ModelReport::State::kLoading ? v1::ModelInfo::STATE_LOADING
                                                              : v1::ModelInfo::STATE_FAILED);
  info.set_error(WithoutHostPaths(report.status.message()));
  return info;
}

bool DescribeVersion(const ModelRegistry& models, absl::string_view name, uint64_t version,
                     v1::GetModelResponse& response) {
  const absl::StatusOr<std::vector<ModelReport>> reports = models.ReportsOf(name);
  if (!reports.ok()) return false;
  for (const ModelReport& report : *reports) {
    const bool asked_for = report.location.version == version;
    *(asked_for ? response.mutable_info() : response.add_other_versions()) = MakeModelInfo(report);
  }
  return response.has_info();
}

void DescribeModel(const ModelRegistry& models, const ServedModel& model,
                   v1::GetModelResponse& response) {
  const v1::BundleManifest& manifest = model.handle->manifest();
  *response.mutable_manifest() = manifest;
  if (manifest.has_training()) {
    v1::TrainingConfig& training = *response.mutable_manifest()->mutable_training();
    training.set_dataset(WithoutHostPaths(training.dataset()));
    training.clear_subset_mask();
  }
  if (DescribeVersion(models, manifest.model(), manifest.version(), response)) return;
  // Replaced since it was found.
  *response.mutable_info() = AvailableModelInfo(*model.handle);
}

}  // namespace provnet
