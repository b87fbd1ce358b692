#ifndef PROVNET_TRAINER_FAITHFULNESS_WORKER_THREADS_H_
#define PROVNET_TRAINER_FAITHFULNESS_WORKER_THREADS_H_

#include <cstddef>
#include <functional>

#include "absl/status/status.h"

namespace provnet {

// Calls work(0) .. work(count - 1) on `threads` threads of which each has one LibTorch thread: many
// small fits side by side are faster than one after the other on all cores. Blocks until all are
// done, or until the first error: then no further work starts, and that error is returned.
// `work` is called from several threads at once.
absl::Status RunSideBySide(size_t count, int threads,
                           const std::function<absl::Status(size_t)>& work);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_WORKER_THREADS_H_
