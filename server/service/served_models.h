#ifndef PROVNET_SERVER_SERVICE_SERVED_MODELS_H_
#define PROVNET_SERVER_SERVICE_SERVED_MODELS_H_

#include <functional>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "provnet/v1/provenance_service.pb.h"
#include "server/batching/batch_queue.h"
#include "server/engine/model_registry.h"

namespace provnet {

// A loaded version together with the queue through which it answers. The queue holds a handle of
// its own.
struct ServedModel {
  ModelHandle handle;
  std::unique_ptr<BatchQueue> queue;
};

// The loaded versions of a registry, each with its queue. Thread-safe.
class ServedModels {
 public:
  using ProbeFor = std::function<BatchProbe&(const Servable&)>;

  // Creates one queue for each version that `registry` has loaded. `registry`, `clock` and the
  // probes outlive this.
  static absl::StatusOr<std::unique_ptr<ServedModels>> Create(const ModelRegistry& registry,
                                                              const BatchQueue::Options& options,
                                                              const Clock& clock,
                                                              const ProbeFor& probe_for);

  // As ModelRegistry::Find. The model lives as long as this.
  absl::StatusOr<const ServedModel*> Find(const v1::ModelSelector& selector) const;

  const ModelRegistry& registry() const { return registry_; }

  // Drains every queue: refuses new tasks, runs those that wait, joins the executors.
  void Drain();

 private:
  explicit ServedModels(const ModelRegistry& registry) : registry_(registry) {}

  const ModelRegistry& registry_;
  // Constant after construction.
  absl::flat_hash_map<const Servable*, ServedModel> models_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_SERVED_MODELS_H_
