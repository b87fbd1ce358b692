#include "server/cli/model_loader.h"

#include <utility>

#include "server/lifecycle/background_thread.h"
#include "storage/base/status_macros.h"

namespace provnet {

absl::StatusOr<ServedModelHandle> ModelLoader::Load(const BundleLocation& location) const {
  absl::StatusOr<ModelHandle> handle;
  const auto load = [&] { handle = Servable::Load(location, engine_); };
  if (yields_) {
    RunInBackground(load);
  } else {
    load();
  }
  PROVNET_RETURN_IF_ERROR(handle.status());
  // On this thread, since executors inherit its priority.
  PROVNET_ASSIGN_OR_RETURN(auto model, starter_.Start(*std::move(handle)));
  return unloader_.Own(std::move(model));
}

}  // namespace provnet
