#include "server/service/model_starter.h"

#include <utility>
#include <vector>

#include "server/lifecycle/warm_up.h"
#include "server/service/explain_task.h"
#include "storage/base/status_macros.h"

namespace provnet {

absl::Status ModelStarter::WarmUp(const Servable& servable) const {
  if (!options_.warm_up) return absl::OkStatus();
  return provnet::WarmUp(servable, options_.queue.limits.max_batch_size);
}

absl::StatusOr<std::unique_ptr<ServedModel>> ModelStarter::Start(ModelHandle handle) const {
  BatchQueue::Options queue = options_.queue;
  std::function<absl::Status()> await_warm;
  if (options_.warm_up) await_warm = WarmUpExecutors(*handle, queue);
  auto model = std::make_unique<ServedModel>();
  model->handle = handle;
  BatchProbe& probe = probe_for_(*handle);
  PROVNET_ASSIGN_OR_RETURN(model->queue, BatchQueue::Create(
                                             std::move(queue),
                                             [handle = std::move(handle), &clock = clock_](
                                                 std::vector<std::unique_ptr<BatchTask>> batch) {
                                               RunExplainBatch(*handle, std::move(batch), clock);
                                             },
                                             clock_, probe));
  if (await_warm) PROVNET_RETURN_IF_ERROR(await_warm());
  return model;
}

}  // namespace provnet
