#include "server/service/model_info.h"

#include <string>

namespace provnet {

v1::ModelInfo AvailableModelInfo(const Servable& servable) {
  const v1::BundleManifest& manifest = servable.manifest();
  v1::ModelInfo info;
  info.mutable_model()->set_name(manifest.model());
  info.mutable_model()->set_version(manifest.version());
  info.set_state(v1::ModelInfo::STATE_AVAILABLE);
  info.set_head(manifest.index_head().type());
  *info.mutable_input() = manifest.input();
  info.set_class_count(static_cast<uint32_t>(servable.class_count()));
  info.set_sample_count(servable.sample_count());
  *info.mutable_created() = manifest.created();
  info.set_device(servable.device());
  info.set_index_precision(servable.index_precision());
  return info;
}

v1::ModelInfo MakeModelInfo(const ModelReport& report) {
  if (report.served != nullptr) {
    v1::ModelInfo info = AvailableModelInfo(*report.served->handle);
    info.set_error(std::string(report.status.message()));
    return info;
  }
  v1::ModelInfo info;
  info.mutable_model()->set_name(report.location.model);
  info.mutable_model()->set_version(report.location.version);
  info.set_state(report.state == ModelReport::State::kLoading ? v1::ModelInfo::STATE_LOADING
                                                              : v1::ModelInfo::STATE_FAILED);
  info.set_error(std::string(report.status.message()));
  return info;
}

}  // namespace provnet
