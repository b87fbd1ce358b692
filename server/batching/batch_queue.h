#ifndef PROVNET_SERVER_BATCHING_BATCH_QUEUE_H_
#define PROVNET_SERVER_BATCHING_BATCH_QUEUE_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/batching/arrival_gap.h"
#include "server/batching/batch_cost.h"
#include "server/batching/batch_policy.h"
#include "server/batching/batch_probe.h"
#include "server/batching/batch_task.h"
#include "server/batching/task_lines.h"
#include "server/batching/usable_time.h"
#include "server/batching/wait_forecast.h"
#include "storage/base/clock.h"
#include "storage/base/mutex.h"

namespace provnet {

// A bounded queue of tasks and the executor threads that run them in batches. Thread-safe.
//
// Admission: a task that by the forecast (ForecastWait) may not be answered in time, a tenth of
// that time kept for the way back, or would wait longer than the queue's bound, is refused at once
// instead of being answered late. The forecast rests on what batches cost and by how much that
// varies (BatchCost), learned while they run. A task that finds an idle executor and nobody ahead
// is never refused, so a wrong prediction can't shut a queue for good.
//
// In an overload a long queue adds nothing to what is done, only to how long everybody waits, and
// it leaves no room for a burst (Nichols and Jacobson, Controlling Queue Delay, 2012; Maurer, Fail
// at Scale, 2015). So where tasks are refused, and as long as the executors have full batches
// before them, tasks are taken only where they will be answered in ever less of their time, down to
// a quarter (UsableTime). A queue that nobody had to be refused for, as that of many callers who
// wait for their answers, is left alone.
//
// Order: TaskLines. An idle executor asks DecideBatch what to do, takes those that BatchMembers
// lets in, at most its share of them (ShareOf), and runs them; meanwhile the next batch gathers.
// Where it leaves nothing to the executors that are idle, their cores are spare (SpareCores).
//
// Cancelled and expired tasks are dropped and answered by a timer thread, which runs whatever the
// executors do, and by an executor before it forms a batch and again before it runs it: no task
// begins to run after its deadline.
//
// Neither the runner, the probe nor a task's Reject is called under the lock.
class BatchQueue {
 public:
  struct Options {
    // Most tasks that wait (those that run are not counted); at least 1. More are refused, unless
    // one of lower priority can make room.
    size_t max_waiting = 1024;
    // Longest predicted wait with which a task is taken; above zero.
    absl::Duration max_predicted_wait = absl::InfiniteDuration();
    // What a step in priority is worth; see TaskLines. At least zero.
    absl::Duration head_start = absl::Milliseconds(500);
    // Threads that run batches; at least 1.
    int executors = 1;
    BatchLimits limits = {};
    // Runs first in every executor thread, e.g. to set its name; may be null.
    std::function<void()> executor_init = nullptr;
  };

  // Runs one batch (never empty) to its end and answers each of its tasks. Called by several
  // executors at a time.
  using Runner = std::function<void(std::vector<std::unique_ptr<BatchTask>> batch)>;

  // Starts the threads. `clock` and `probe` outlive the queue. INVALID_ARGUMENT names the option
  // and its bound.
  static absl::StatusOr<std::unique_ptr<BatchQueue>> Create(Options options, Runner runner,
                                                            const Clock& clock, BatchProbe& probe);

  // Drains.
  ~BatchQueue();
  BatchQueue(const BatchQueue&) = delete;
  BatchQueue& operator=(const BatchQueue&) = delete;

  // Takes the task, which then is run or answered with Reject; never blocks. On an error the task
  // stays with the caller: UNAVAILABLE when the queue is draining; RESOURCE_EXHAUSTED, with
  // RetryAfter, when it is full, its predicted wait is too long or the task's deadline too close.
  // May answer another task, of lower priority, on this thread.
  absl::Status Enqueue(std::unique_ptr<BatchTask>&& task);

  // As Enqueue for who would rather wait than be refused: where there is no room the task waits
  // outside of the queue until there is, in the order of arrival with others that do, and makes
  // room for itself at nobody's expense. Its deadline and its cancellation hold meanwhile; it
  // counts as offered, not as refused. Calls `left` once, when the task need wait no longer: it is
  // in the queue, or was answered with Reject (UNAVAILABLE where the queue drains). On this thread
  // or on one of the queue's.
  void EnqueueWhenRoom(std::unique_ptr<BatchTask> task, std::function<void()> left);

  // Refuses new tasks, runs those that wait, joins the threads. Idempotent; not from one of them.
  void Drain();

 private:
  // What a thread takes out of the queue under the lock, to be dealt with outside.
  struct Harvest {
    std::vector<WaitingTask> batch;
    std::vector<WaitingTask> cancelled;
    std::vector<WaitingTask> expired;
    // Of tasks that waited for room, when they no longer do.
    std::vector<std::function<void()>> left;
    DispatchReason reason = DispatchReason::kExecutorFree;
    absl::Duration taken_at;
    // Executors that have nothing to do while the batch begins.
    size_t idle = 0;
    bool finished = false;

    bool HasWork() const {
      return finished || !batch.empty() || !cancelled.empty() || !expired.empty() || !left.empty();
    }
  };
  // Why a task is not taken.
  struct Refusal {
    RejectReason reason;
    absl::Status status;
  };
  // A task that waits for room.
  struct Outsider {
    WaitingTask waiting;
    std::function<void()> left;
  };

  BatchQueue(Options options, Runner runner, const Clock& clock, BatchProbe& probe);

  // Null `displaced`: no other makes room for it.
  std::optional<Refusal> Admit(const BatchTask& task, absl::Duration now,
                               const WaitForecast& forecast, size_t ahead, WaitingTask* displaced)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Push(WaitingTask task, absl::Duration now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Whether its task was moved on, into the queue or to be answered.
  static bool HasLeft(const Outsider& outsider) { return outsider.waiting.task == nullptr; }
  // Answers who waited for room in a queue that drains.
  void TurnAway(const Outsider& outsider);
  // Takes in those outsiders for whom there is room.
  void LetIn(Harvest& harvest) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  QueueLoad Load(size_t ahead, absl::Duration now) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  size_t IdleExecutors() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Whether an idle executor may leave a task waiting that arrives at `now`.
  bool HoldsBack(absl::Duration now) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  void RunExecutor(size_t number);
  // Waits until there is something to do, or the queue is drained.
  Harvest NextHarvest(size_t executor);
  void DropDead(Harvest& harvest) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void TakeBatch(size_t executor, Harvest& harvest) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  QueueSnapshot Snapshot() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Answer(Harvest& harvest);
  void RunBatch(size_t executor, Harvest harvest);

  void RunTimer();
  // Waits until tasks have died; finished once the queue is drained.
  Harvest NextDead();

  const Options options_;
  const Runner runner_;
  const Clock& clock_;
  BatchProbe& probe_;

  Mutex mutex_;
  CondVar changed_;
  TaskLines waiting_ ABSL_GUARDED_BY(mutex_);
  // In the order of arrival.
  std::vector<Outsider> outsiders_ ABSL_GUARDED_BY(mutex_);
  UsableTime usable_time_ ABSL_GUARDED_BY(mutex_);
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  BatchCost cost_ ABSL_GUARDED_BY(mutex_);
  ArrivalGap arrivals_ ABSL_GUARDED_BY(mutex_);
  // By executor: when its batch will end; nothing while it is idle.
  std::vector<std::optional<BatchEnd>> busy_until_ ABSL_GUARDED_BY(mutex_);
  // Wakes the timer when it sleeps, which it does while nothing waits.
  CondVar timer_wanted_;
  bool timer_asleep_ ABSL_GUARDED_BY(mutex_) = false;
  bool timer_stopped_ ABSL_GUARDED_BY(mutex_) = false;

  // Serialises Drain; guards the joining of the threads.
  Mutex drain_mutex_;
  std::vector<std::thread> executors_ ABSL_GUARDED_BY(drain_mutex_);
  std::thread timer_ ABSL_GUARDED_BY(drain_mutex_);
};

}  // namespace provnet

#endif  // PROVNET_SERVER_BATCHING_BATCH_QUEUE_H_
