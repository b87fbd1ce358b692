#ifndef PROVNET_SERVER_LIFECYCLE_SERVED_MODEL_H_
#define PROVNET_SERVER_LIFECYCLE_SERVED_MODEL_H_

#include <memory>

#include "server/batching/batch_queue.h"
#include "server/engine/servable.h"

namespace provnet {

// A loaded version together with the queue through which it answers. The queue holds a handle of
// its own.
struct ServedModel {
  ModelHandle handle;
  std::unique_ptr<BatchQueue> queue;
};

// Keeps one version and its queue alive while a call uses it: what a call has begun with, it ends
// with, whatever is loaded meanwhile. Hold it no longer than that.
using ServedModelHandle = std::shared_ptr<const ServedModel>;

}  // namespace provnet

#endif  // PROVNET_SERVER_LIFECYCLE_SERVED_MODEL_H_
