#include "server/cli/model_loader.h"

#include <utility>

#include "storage/base/status_macros.h"
#include "storage/bundle_verifier.h"

namespace provnet {

absl::StatusOr<ModelHandle> ModelLoader::LoadWarm(const BundleLocation& location) const {
  PROVNET_ASSIGN_OR_RETURN(ModelHandle handle, Servable::Load(location, engine_));
  PROVNET_RETURN_IF_ERROR(starter_.WarmUp(*handle));
  return handle;
}

absl::StatusOr<ServedModelHandle> ModelLoader::Load(const BundleLocation& location) {
  // A manifest that can't be read is Servable::Load's to report.
  if (const auto manifest = ReadBundleManifest(location.directory); manifest.ok())
    PROVNET_RETURN_IF_ERROR(CheckMemory(*manifest, AvailableMemory(memory_limit_)));
  absl::StatusOr<ModelHandle> handle;
  const auto load = [&] { handle = LoadWarm(location); };
  if (background_.has_value()) {
    background_->Run(load);
  } else {
    load();
  }
  PROVNET_RETURN_IF_ERROR(handle.status());
  // On this thread, since executors inherit its priority.
  PROVNET_ASSIGN_OR_RETURN(auto model, starter_.Start(*std::move(handle)));
  return unloader_.Own(std::move(model));
}

}  // namespace provnet
