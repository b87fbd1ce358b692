#ifndef PROVNET_SERVER_CLI_MODEL_LOADER_H_
#define PROVNET_SERVER_CLI_MODEL_LOADER_H_

#include <optional>

#include "absl/status/statusor.h"
#include "server/engine/servable.h"
#include "server/lifecycle/background_thread.h"
#include "server/lifecycle/memory_limit.h"
#include "server/lifecycle/model_unloader.h"
#include "server/lifecycle/served_model.h"
#include "server/service/model_starter.h"
#include "storage/repository.h"

namespace provnet {

// From a version in the repository to one that is ready for calls: verified, loaded, warm, with a
// queue whose executors are. From one thread at a time.
class ModelLoader {
 public:
  // What is referred to outlives this.
  ModelLoader(EngineOptions engine, const MemoryLimit& memory_limit, const ModelStarter& starter,
              ModelUnloader& unloader)
      : engine_(std::move(engine)),
        memory_limit_(memory_limit),
        starter_(starter),
        unloader_(unloader) {}

  // RESOURCE_EXHAUSTED, before anything is loaded, when the version would not fit in memory beside
  // what is loaded; the errors of Servable::Load and ModelStarter::Start.
  absl::StatusOr<ServedModelHandle> Load(const BundleLocation& location);

  // Versions that serve already have the right of way from here on.
  void YieldToServing() { background_.emplace("loading"); }

 private:
  // Loaded, and ready for batches of all sizes.
  absl::StatusOr<ModelHandle> LoadWarm(const BundleLocation& location) const;

  const EngineOptions engine_;
  const MemoryLimit memory_limit_;
  const ModelStarter& starter_;
  ModelUnloader& unloader_;
  std::optional<BackgroundThread> background_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_CLI_MODEL_LOADER_H_
