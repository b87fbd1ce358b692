#ifndef PROVNET_SERVER_SERVICE_MODEL_STARTER_H_
#define PROVNET_SERVER_SERVICE_MODEL_STARTER_H_

#include <functional>
#include <memory>

#include "absl/status/statusor.h"
#include "server/batching/batch_queue.h"
#include "server/lifecycle/served_model.h"
#include "storage/base/clock.h"

namespace provnet {

// Gives loaded versions their queues. Thread-safe.
class ModelStarter {
 public:
  using ProbeFor = std::function<BatchProbe&(const Servable&)>;

  struct Options {
    // The queue of each version.
    BatchQueue::Options queue = {};
    // Whether generated inputs are answered before calls are taken.
    bool warm_up = true;
  };

  // `clock` and the probes outlive the models.
  ModelStarter(Options options, const Clock& clock, ProbeFor probe_for)
      : options_(std::move(options)), clock_(clock), probe_for_(std::move(probe_for)) {}

  // Prepares `servable` for batches of all the sizes that its queue will form (provnet::WarmUp), on
  // this thread. What is an executor's own is left to Start.
  absl::Status WarmUp(const Servable& servable) const;

  // Starts the executors of `handle` and returns once all of them are warm. Fails when the options
  // do, or an answer while warming up.
  absl::StatusOr<std::unique_ptr<ServedModel>> Start(ModelHandle handle) const;

 private:
  const Options options_;
  const Clock& clock_;
  const ProbeFor probe_for_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_MODEL_STARTER_H_
