#include "server/batching/batch_queue.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace provnet {
namespace {

// Weight of the newest batch in the moving average of run times.
constexpr double kNewestWeight = 0.2;

}  // namespace

absl::string_view RejectReasonName(RejectReason reason) {
  switch (reason) {
    case RejectReason::kQueueFull:
      return "queue_full";
    case RejectReason::kDraining:
      return "draining";
    case RejectReason::kCancelled:
      return "cancelled";
    case RejectReason::kExpired:
      return "expired";
  }
  return "unknown";
}

absl::StatusOr<std::unique_ptr<BatchQueue>> BatchQueue::Create(Options options, Runner runner,
                                                               const Clock& clock,
                                                               BatchProbe& probe) {
  if (options.max_waiting < 1)
    return absl::InvalidArgumentError("max_waiting is 0, expected at least 1");
  if (options.limits.max_batch_size < 1)
    return absl::InvalidArgumentError("max_batch_size is 0, expected at least 1");
  if (options.executors < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("executors is ", options.executors, ", expected at least 1"));
  }
  if (options.limits.linger < absl::ZeroDuration()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "linger is ", absl::FormatDuration(options.limits.linger), ", expected at least 0"));
  }
  return std::unique_ptr<BatchQueue>(
      new BatchQueue(std::move(options), std::move(runner), clock, probe));
}

BatchQueue::BatchQueue(Options options, Runner runner, const Clock& clock, BatchProbe& probe)
    : options_(std::move(options)), runner_(std::move(runner)), clock_(clock), probe_(probe) {
  const MutexLock lock(drain_mutex_);
  for (int i = 0; i < options_.executors; ++i) executors_.emplace_back([this] { RunExecutor(); });
}

BatchQueue::~BatchQueue() { Drain(); }

absl::Status BatchQueue::Enqueue(std::unique_ptr<BatchTask>&& task) {
  const absl::Duration now = clock_.Monotonic();
  absl::Status refusal;
  // Before the task can leave again, so that the depth never falls below zero.
  probe_.TaskOffered();
  {
    const MutexLock lock(mutex_);
    if (draining_) {
      refusal = absl::UnavailableError("the server is shutting down and takes no more requests");
    } else if (waiting_.size() >= options_.max_waiting) {
      refusal = absl::ResourceExhaustedError(absl::StrCat("the queue is full: ", waiting_.size(),
                                                          " requests wait, the limit is ",
                                                          options_.max_waiting));
    } else {
      waiting_.push_back({std::move(task), now});
      changed_.SignalOne();
      return absl::OkStatus();
    }
  }
  probe_.TaskRejected(absl::IsUnavailable(refusal) ? RejectReason::kDraining
                                                   : RejectReason::kQueueFull);
  return refusal;
}

void BatchQueue::WhenRoom(std::function<void()> retry) {
  {
    const MutexLock lock(mutex_);
    if (!draining_ && waiting_.size() >= options_.max_waiting) {
      retries_.push_back(std::move(retry));
      return;
    }
  }
  retry();
}

void BatchQueue::Drain() {
  std::vector<std::function<void()>> retries;
  {
    const MutexLock lock(mutex_);
    draining_ = true;
    retries.swap(retries_);
    changed_.SignalAll();
  }
  for (const auto& retry : retries) retry();
  const MutexLock lock(drain_mutex_);
  for (std::thread& executor : executors_) executor.join();
  executors_.clear();
}

void BatchQueue::RunExecutor() {
  if (options_.executor_init) options_.executor_init();
  while (true) {
    Harvest harvest = NextHarvest();
    const bool finished = harvest.finished;
    Answer(harvest);
    if (!harvest.batch.empty()) RunBatch(std::move(harvest));
    if (finished) return;
  }
}

BatchQueue::Harvest BatchQueue::NextHarvest() {
  Harvest harvest;
  const MutexLock lock(mutex_);
  while (true) {
    harvest.taken_at = clock_.Monotonic();
    DropDead(harvest);
    const BatchDecision decision = DecideBatch(Snapshot(), options_.limits, harvest.taken_at);
    if (decision.dispatch.has_value()) {
      harvest.reason = *decision.dispatch;
      TakeBatch(harvest);
    }
    harvest.finished = draining_ && waiting_.empty();
    if (waiting_.size() < options_.max_waiting) harvest.retries.swap(retries_);
    if (harvest.HasWork()) return harvest;
    if (decision.wait_until == absl::InfiniteDuration()) {
      changed_.Wait(mutex_);
    } else {
      changed_.WaitFor(mutex_, decision.wait_until - harvest.taken_at);
    }
  }
}

void BatchQueue::DropDead(Harvest& harvest) {
  std::deque<Waiting> alive;
  for (Waiting& waiting : waiting_) {
    if (waiting.task->cancelled()) {
      harvest.cancelled.push_back(std::move(waiting));
    } else if (waiting.task->deadline() <= harvest.taken_at) {
      harvest.expired.push_back(std::move(waiting));
    } else {
      alive.push_back(std::move(waiting));
    }
  }
  waiting_.swap(alive);
}

void BatchQueue::TakeBatch(Harvest& harvest) {
  const size_t size = std::min(waiting_.size(), options_.limits.max_batch_size);
  harvest.batch.reserve(size);
  for (size_t i = 0; i < size; ++i) {
    harvest.batch.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  // The rest is another idle executor's work.
  if (!waiting_.empty()) changed_.SignalOne();
}

QueueSnapshot BatchQueue::Snapshot() const {
  QueueSnapshot snapshot;
  snapshot.waiting = waiting_.size();
  snapshot.expected_run_time = expected_run_time_;
  snapshot.draining = draining_;
  if (!waiting_.empty()) snapshot.oldest_arrival = waiting_.front().arrival;
  const size_t next = std::min(waiting_.size(), options_.limits.max_batch_size);
  for (size_t i = 0; i < next; ++i) {
    snapshot.earliest_deadline = std::min(snapshot.earliest_deadline, waiting_[i].task->deadline());
  }
  return snapshot;
}

void BatchQueue::Answer(Harvest& harvest) {
  for (Waiting& dropped : harvest.cancelled) {
    probe_.TaskWaited(harvest.taken_at - dropped.arrival);
    probe_.TaskRejected(RejectReason::kCancelled);
    dropped.task->Reject(absl::CancelledError("the caller cancelled the request"));
  }
  for (Waiting& dropped : harvest.expired) {
    const absl::Duration wait = harvest.taken_at - dropped.arrival;
    probe_.TaskWaited(wait);
    probe_.TaskRejected(RejectReason::kExpired);
    dropped.task->Reject(absl::DeadlineExceededError(
        absl::StrCat("the deadline passed after ", absl::FormatDuration(wait), " in the queue")));
  }
  for (const auto& retry : harvest.retries) retry();
}

void BatchQueue::RunBatch(Harvest harvest) {
  std::vector<std::unique_ptr<BatchTask>> tasks;
  tasks.reserve(harvest.batch.size());
  for (Waiting& waiting : harvest.batch) {
    probe_.TaskWaited(harvest.taken_at - waiting.arrival);
    tasks.push_back(std::move(waiting.task));
  }
  probe_.BatchFormed(tasks.size(), harvest.reason);
  const absl::Duration start = clock_.Monotonic();
  runner_(std::move(tasks));
  const absl::Duration ran = clock_.Monotonic() - start;
  const MutexLock lock(mutex_);
  expected_run_time_ = expected_run_time_ == absl::ZeroDuration()
                           ? ran
                           : expected_run_time_ * (1 - kNewestWeight) + ran * kNewestWeight;
}

}  // namespace provnet
