#include "trainer/faithfulness/worker_threads.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "storage/base/mutex.h"

namespace provnet {

absl::Status RunSideBySide(size_t count, int threads,
                           const std::function<absl::Status(size_t)>& work) {
  std::atomic<size_t> next = 0;
  std::atomic<bool> failed = false;
  Mutex mutex;
  absl::Status first_error;
  const auto run = [&] {
    // OpenMP's setting is the calling thread's own.
    at::set_num_threads(1);
    for (size_t i = next++; i < count && !failed; i = next++) {
      const absl::Status status = work(i);
      if (status.ok()) continue;
      failed = true;
      MutexLock lock(mutex);
      first_error.Update(status);
    }
  };
  std::vector<std::thread> workers;
  const size_t worker_count = std::min(count, static_cast<size_t>(std::max(threads, 1)));
  for (size_t i = 0; i < worker_count; ++i) workers.emplace_back(run);
  for (std::thread& worker : workers) worker.join();
  return first_error;
}

}  // namespace provnet
