#ifndef PROVNET_SERVER_LIFECYCLE_WARM_UP_H_
#define PROVNET_SERVER_LIFECYCLE_WARM_UP_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/batching/batch_queue.h"
#include "server/engine/servable.h"

namespace provnet {

// Answers batches of 1, 2, 4, ... `max_batch_size` (128 at most) generated inputs on this thread,
// so that what LibTorch and its kernels set up on first use (compiled graphs, scratch memory,
// threads) is there before a caller waits for it. Returns the first error, of a batch or of an
// answer.
absl::Status WarmUp(const Servable& servable, size_t max_batch_size);

// Makes `queue` run a small WarmUp in each of its executors before they take tasks, for what is a
// thread's own, one after the other so that versions that are serving lose one core at most. After
// BatchQueue::Create with these options, the returned function blocks until all are through and
// returns their first error. Call it once.
std::function<absl::Status()> WarmUpExecutors(const Servable& servable, BatchQueue::Options& queue);

}  // namespace provnet

#endif  // PROVNET_SERVER_LIFECYCLE_WARM_UP_H_
