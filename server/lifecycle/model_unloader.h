#ifndef PROVNET_SERVER_LIFECYCLE_MODEL_UNLOADER_H_
#define PROVNET_SERVER_LIFECYCLE_MODEL_UNLOADER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "server/lifecycle/served_model.h"

namespace provnet {

// Frees models on a thread of its own. The last handle of a version goes wherever the last call
// ends, often on one of that version's own executors; there, joining the executors would wait for
// ever, and freeing gigabytes would delay others. Thread-safe.
class ModelUnloader {
 public:
  // Called on the unloader's thread once a model is gone; may be null.
  using OnUnloaded = std::function<void(const std::string& model, uint64_t version)>;

  explicit ModelUnloader(OnUnloaded on_unloaded = nullptr);

  // Unloads what has been handed over and joins. Models whose last handle goes later are freed
  // where that happens, so drain their queues before.
  ~ModelUnloader();
  ModelUnloader(const ModelUnloader&) = delete;
  ModelUnloader& operator=(const ModelUnloader&) = delete;

  // The first handle of `model`. When the last one goes, the thread drains the queue and frees all.
  ServedModelHandle Own(std::unique_ptr<ServedModel> model);

 private:
  class Exit;

  // Shared with the handles, which may outlive this.
  const std::shared_ptr<Exit> exit_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_LIFECYCLE_MODEL_UNLOADER_H_
