#ifndef PROVNET_SERVER_BATCHING_BATCH_QUEUE_H_
#define PROVNET_SERVER_BATCHING_BATCH_QUEUE_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/batching/batch_policy.h"
#include "server/batching/batch_probe.h"
#include "server/batching/batch_task.h"
#include "storage/base/clock.h"
#include "storage/base/mutex.h"

namespace provnet {

// A bounded queue of tasks and the executor threads that run them in batches. Thread-safe.
//
// First come, first served. An idle executor asks DecideBatch what to do, takes up to
// `max_batch_size` tasks and runs them; meanwhile the next batch gathers. Cancelled and expired
// tasks are dropped and answered before a batch is formed. Neither the runner, the probe nor a
// task's Reject is called under the lock.
class BatchQueue {
 public:
  struct Options {
    // Most tasks that wait (those that run are not counted); at least 1. More are refused.
    size_t max_waiting = 1024;
    // Threads that run batches; at least 1.
    int executors = 1;
    BatchLimits limits = {};
    // Runs first in every executor thread, e.g. to set its name; may be null.
    std::function<void()> executor_init = nullptr;
  };

  // Runs one batch (never empty) to its end and answers each of its tasks. Called by several
  // executors at a time.
  using Runner = std::function<void(std::vector<std::unique_ptr<BatchTask>> batch)>;

  // Starts the executors. `clock` and `probe` outlive the queue. INVALID_ARGUMENT names the option
  // and its bound.
  static absl::StatusOr<std::unique_ptr<BatchQueue>> Create(Options options, Runner runner,
                                                            const Clock& clock, BatchProbe& probe);

  // Drains.
  ~BatchQueue();
  BatchQueue(const BatchQueue&) = delete;
  BatchQueue& operator=(const BatchQueue&) = delete;

  // Takes the task, which then is run or answered with Reject; never blocks. RESOURCE_EXHAUSTED
  // when the queue is full, UNAVAILABLE when it is draining: the task stays with the caller.
  absl::Status Enqueue(std::unique_ptr<BatchTask>&& task);

  // Calls `retry` once, as soon as a refused Enqueue is worth another try: there is room, or the
  // queue drains. At once on this thread when that is so already, else later on an executor. There
  // may be competition, so the try may fail again.
  void WhenRoom(std::function<void()> retry);

  // Refuses new tasks, runs those that wait, joins the executors. Idempotent; not from an executor.
  void Drain();

 private:
  struct Waiting {
    std::unique_ptr<BatchTask> task;
    absl::Duration arrival;
  };
  // What an executor takes out of the queue under the lock, to be dealt with outside.
  struct Harvest {
    std::vector<Waiting> batch;
    std::vector<Waiting> cancelled;
    std::vector<Waiting> expired;
    std::vector<std::function<void()>> retries;
    DispatchReason reason = DispatchReason::kExecutorFree;
    absl::Duration taken_at;
    bool finished = false;

    bool HasWork() const {
      return finished || !batch.empty() || !cancelled.empty() || !expired.empty() ||
             !retries.empty();
    }
  };

  BatchQueue(Options options, Runner runner, const Clock& clock, BatchProbe& probe);

  void RunExecutor();
  // Waits until there is something to do, or the queue is drained.
  Harvest NextHarvest();
  void DropDead(Harvest& harvest) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TakeBatch(Harvest& harvest) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  QueueSnapshot Snapshot() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Answer(Harvest& harvest);
  void RunBatch(Harvest harvest);

  const Options options_;
  const Runner runner_;
  const Clock& clock_;
  BatchProbe& probe_;

  Mutex mutex_;
  CondVar changed_;
  std::deque<Waiting> waiting_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::function<void()>> retries_ ABSL_GUARDED_BY(mutex_);
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  // Moving average over the batches so far.
  absl::Duration expected_run_time_ ABSL_GUARDED_BY(mutex_) = absl::ZeroDuration();

  // Serialises Drain; guards the joining of the threads.
  Mutex drain_mutex_;
  std::vector<std::thread> executors_ ABSL_GUARDED_BY(drain_mutex_);
};

}  // namespace provnet

#endif  // PROVNET_SERVER_BATCHING_BATCH_QUEUE_H_
