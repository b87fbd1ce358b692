#ifndef PROVNET_TRAINER_DATA_BOUNDED_WORKERS_H_
#define PROVNET_TRAINER_DATA_BOUNDED_WORKERS_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "storage/base/mutex.h"

namespace provnet {

// Threads that work off a bounded queue, so that a fast reader can't fill the memory in front of
// slow decoders. Submit and Finish are for one thread; tasks run on any of the workers, begun in
// order.
class BoundedWorkers {
 public:
  using Task = std::function<void()>;

  // At least one thread. Tasks wait while their bytes together are at most `max_waiting_bytes`; a
  // larger one waits alone.
  BoundedWorkers(int threads, size_t max_waiting_bytes);
  // Finishes.
  ~BoundedWorkers();
  BoundedWorkers(const BoundedWorkers&) = delete;
  BoundedWorkers& operator=(const BoundedWorkers&) = delete;

  // Queues `task`, which holds `bytes`; blocks while the queue is full. Not after Finish.
  void Submit(size_t bytes, Task task);

  // Returns when every task is done and the threads have ended.
  void Finish();

 private:
  struct Waiting {
    size_t bytes;
    Task task;
  };
  void Work();

  const size_t max_waiting_bytes_;
  std::vector<std::thread> threads_;

  Mutex mutex_;
  CondVar changed_;
  std::deque<Waiting> queue_ ABSL_GUARDED_BY(mutex_);
  size_t waiting_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool finishing_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_BOUNDED_WORKERS_H_
