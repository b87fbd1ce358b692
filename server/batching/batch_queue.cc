#include "server/batching/batch_queue.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/batching/retry_after.h"
#include "storage/base/spare_cores.h"

namespace provnet {
namespace {

// How long a cancellation may go unnoticed in the queue. Deadlines are met to the millisecond.
constexpr absl::Duration kTick = absl::Milliseconds(10);
constexpr absl::Duration kShortestTick = absl::Milliseconds(1);
// What a refused caller is asked to wait at least.
constexpr absl::Duration kShortestRetry = absl::Milliseconds(10);

absl::Duration WholeMicroseconds(absl::Duration duration) {
  return absl::Trunc(duration, absl::Microseconds(1));
}

absl::Status Overloaded(absl::string_view message, absl::Duration retry_after) {
  return WithRetryAfter(absl::ResourceExhaustedError(message),
                        std::max(kShortestRetry, retry_after));
}

absl::Status Draining() {
  return absl::UnavailableError("the server is shutting down and takes no more requests");
}

}  // namespace

absl::string_view RejectReasonName(RejectReason reason) {
  switch (reason) {
    case RejectReason::kQueueFull:
      return "queue_full";
    case RejectReason::kDraining:
      return "draining";
    case RejectReason::kWaitTooLong:
      return "wait_too_long";
    case RejectReason::kDeadlineTooClose:
      return "deadline_too_close";
    case RejectReason::kDisplaced:
      return "displaced";
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
  if (options.max_predicted_wait <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(absl::StrCat("max_predicted_wait is ",
                                                   absl::FormatDuration(options.max_predicted_wait),
                                                   ", expected more than 0"));
  }
  if (options.head_start < absl::ZeroDuration()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "head_start is ", absl::FormatDuration(options.head_start), ", expected at least 0"));
  }
  return std::unique_ptr<BatchQueue>(
      new BatchQueue(std::move(options), std::move(runner), clock, probe));
}

BatchQueue::BatchQueue(Options options, Runner runner, const Clock& clock, BatchProbe& probe)
    : options_(std::move(options)),
      runner_(std::move(runner)),
      clock_(clock),
      probe_(probe),
      waiting_(options_.head_start),
      busy_until_(static_cast<size_t>(options_.executors)) {
  const MutexLock lock(drain_mutex_);
  for (int i = 0; i < options_.executors; ++i)
    executors_.emplace_back([this, i] { RunExecutor(static_cast<size_t>(i)); });
  timer_ = std::thread([this] { RunTimer(); });
}

BatchQueue::~BatchQueue() { Drain(); }

absl::Status BatchQueue::Enqueue(std::unique_ptr<BatchTask>&& task) {
  // Before the task can leave again, so that the depth never falls below zero.
  probe_.TaskOffered();
  std::optional<Refusal> refusal;
  WaitingTask displaced;
  absl::Duration now;
  WaitForecast forecast;
  {
    const MutexLock lock(mutex_);
    now = clock_.Monotonic();
    const size_t ahead = waiting_.Ahead(task->priority(), now);
    forecast = ForecastWait(Load(ahead, now), cost_);
    refusal = Admit(*task, now, forecast, ahead, &displaced);
    if (refusal.has_value()) {
      usable_time_.Refused(now);
    } else {
      Push({std::move(task), now}, now);
    }
  }
  probe_.WaitPredicted(forecast.start - now);
  if (displaced.task != nullptr) {
    probe_.TaskWaited(now - displaced.arrival);
    probe_.TaskRejected(RejectReason::kDisplaced);
    displaced.task->Reject(
        Overloaded("the queue is full, and a request of higher priority took this one's place",
                   forecast.start - now));
  }
  if (!refusal.has_value()) return absl::OkStatus();
  probe_.TaskRejected(refusal->reason);
  return std::move(refusal->status);
}

void BatchQueue::EnqueueWhenRoom(std::unique_ptr<BatchTask> task, std::function<void()> left) {
  probe_.TaskOffered();
  Harvest harvest;
  bool draining = false;
  {
    const MutexLock lock(mutex_);
    harvest.taken_at = clock_.Monotonic();
    draining = draining_;
    if (!draining) {
      outsiders_.push_back({{std::move(task), harvest.taken_at}, std::move(left)});
      LetIn(harvest);
      if (timer_asleep_ && !outsiders_.empty()) timer_wanted_.SignalOne();
    }
  }
  Answer(harvest);
  if (draining) TurnAway({{std::move(task), harvest.taken_at}, std::move(left)});
}

void BatchQueue::TurnAway(const Outsider& outsider) {
  probe_.TaskRejected(RejectReason::kDraining);
  outsider.waiting.task->Reject(Draining());
  outsider.left();
}

void BatchQueue::Push(WaitingTask task, absl::Duration now) {
  waiting_.Push(std::move(task));
  arrivals_.Observe(now);
  changed_.SignalOne();
  // An idle executor will have taken it before the timer could do anything for it.
  if (timer_asleep_ && (IdleExecutors() == 0 || HoldsBack(now))) timer_wanted_.SignalOne();
}

void BatchQueue::LetIn(Harvest& harvest) {
  const absl::Duration now = harvest.taken_at;
  for (Outsider& outsider : outsiders_) {
    const BatchTask& task = *outsider.waiting.task;
    const size_t ahead = waiting_.Ahead(task.priority(), now);
    if (waiting_.size() >= options_.max_waiting ||
        Admit(task, now, ForecastWait(Load(ahead, now), cost_), ahead, nullptr).has_value()) {
      continue;
    }
    // Arrivals of a line never go back.
    Push({std::move(outsider.waiting.task), now}, now);
    harvest.left.push_back(std::move(outsider.left));
  }
  std::erase_if(outsiders_, HasLeft);
}

std::optional<BatchQueue::Refusal> BatchQueue::Admit(const BatchTask& task, absl::Duration now,
                                                     const WaitForecast& forecast, size_t ahead,
                                                     WaitingTask* displaced) {
  if (draining_) return Refusal{RejectReason::kDraining, Draining()};
  const size_t one_batch_each = busy_until_.size() * options_.limits.max_batch_size;
  const absl::Duration usable_until =
      now + usable_time_.Of(task.deadline() - now, now, ahead >= one_batch_each);
  if (waiting_.empty() && IdleExecutors() > 0) return std::nullopt;
  if (forecast.latest_finish > usable_until) {
    return Refusal{
        RejectReason::kDeadlineTooClose,
        Overloaded(absl::StrCat(
                       "the deadline is too close: the answer may take ",
                       absl::FormatDuration(WholeMicroseconds(forecast.latest_finish - now)),
                       " with ", ahead, " requests ahead, and of the ",
                       absl::FormatDuration(WholeMicroseconds(task.deadline() - now)),
                       " until the deadline ",
                       absl::FormatDuration(WholeMicroseconds(usable_until - now)), " can be used"),
                   forecast.latest_finish - usable_until)};
  }
  const absl::Duration wait = forecast.start - now;
  if (ahead > 0 && wait > options_.max_predicted_wait) {
    return Refusal{
        RejectReason::kWaitTooLong,
        Overloaded(absl::StrCat("the queue is too long: the predicted wait is ",
                                absl::FormatDuration(WholeMicroseconds(wait)), ", the limit is ",
                                absl::FormatDuration(options_.max_predicted_wait)),
                   wait - options_.max_predicted_wait)};
  }
  if (waiting_.size() < options_.max_waiting) return std::nullopt;
  if (displaced != nullptr) *displaced = waiting_.TakeLastBelow(task.priority());
  if (displaced != nullptr && displaced->task != nullptr) return std::nullopt;
  return Refusal{RejectReason::kQueueFull,
                 Overloaded(absl::StrCat("the queue is full: ", waiting_.size(),
                                         " requests wait, the limit is ", options_.max_waiting),
                            cost_.Predict(options_.limits.max_batch_size))};
}

QueueLoad BatchQueue::Load(size_t ahead, absl::Duration now) const {
  QueueLoad load{now, ahead, options_.limits.max_batch_size, {}};
  load.free_at.reserve(busy_until_.size());
  for (const std::optional<BatchEnd>& end : busy_until_)
    load.free_at.push_back(end.value_or(BatchEnd{now, now}));
  return load;
}

bool BatchQueue::HoldsBack(absl::Duration now) const {
  return options_.limits.linger > absl::ZeroDuration() ||
         GatherUntil(arrivals_, now, cost_, options_.limits, options_.executors) > now;
}

size_t BatchQueue::IdleExecutors() const {
  return static_cast<size_t>(
      std::count_if(busy_until_.begin(), busy_until_.end(),
                    [](const std::optional<BatchEnd>& end) { return !end.has_value(); }));
}

void BatchQueue::Drain() {
  std::vector<Outsider> outsiders;
  {
    const MutexLock lock(mutex_);
    draining_ = true;
    outsiders.swap(outsiders_);
    changed_.SignalAll();
  }
  for (const Outsider& outsider : outsiders) TurnAway(outsider);
  const MutexLock lock(drain_mutex_);
  for (std::thread& executor : executors_) executor.join();
  executors_.clear();
  if (!timer_.joinable()) return;
  {
    const MutexLock stop(mutex_);
    timer_stopped_ = true;
    timer_wanted_.SignalOne();
  }
  timer_.join();
}

void BatchQueue::RunExecutor(size_t number) {
  if (options_.executor_init) options_.executor_init();
  while (true) {
    Harvest harvest = NextHarvest(number);
    const bool finished = harvest.finished;
    Answer(harvest);
    if (!harvest.batch.empty()) RunBatch(number, std::move(harvest));
    if (finished) return;
  }
}

BatchQueue::Harvest BatchQueue::NextHarvest(size_t executor) {
  Harvest harvest;
  const MutexLock lock(mutex_);
  while (true) {
    harvest.taken_at = clock_.Monotonic();
    DropDead(harvest);
    const BatchDecision decision = DecideBatch(Snapshot(), options_.limits, harvest.taken_at);
    if (decision.dispatch.has_value()) {
      harvest.reason = *decision.dispatch;
      TakeBatch(executor, harvest);
    }
    harvest.finished = draining_ && waiting_.empty();
    // The queue has become shorter.
    if (waiting_.empty() || !harvest.batch.empty()) LetIn(harvest);
    if (harvest.HasWork()) return harvest;
    if (decision.wait_until == absl::InfiniteDuration()) {
      changed_.Wait(mutex_);
    } else {
      changed_.WaitFor(mutex_, decision.wait_until - harvest.taken_at);
    }
  }
}

void BatchQueue::DropDead(Harvest& harvest) {
  const auto is_dead = [&harvest](const BatchTask& task) {
    return task.cancelled() || task.deadline() <= harvest.taken_at;
  };
  std::vector<WaitingTask> dead = waiting_.Take([&is_dead](const BatchTask& task) {
    return is_dead(task) ? TaskLines::Choice::kTake : TaskLines::Choice::kLeave;
  });
  for (Outsider& outsider : outsiders_) {
    if (!is_dead(*outsider.waiting.task)) continue;
    dead.push_back(std::move(outsider.waiting));
    harvest.left.push_back(std::move(outsider.left));
  }
  std::erase_if(outsiders_, HasLeft);
  for (WaitingTask& waiting : dead) {
    const bool expired = waiting.task->deadline() <= harvest.taken_at;
    (expired ? harvest.expired : harvest.cancelled).push_back(std::move(waiting));
  }
}

void BatchQueue::TakeBatch(size_t executor, Harvest& harvest) {
  using Choice = TaskLines::Choice;
  const size_t most = ShareOf(waiting_.size(), IdleExecutors() - 1, cost_, options_.limits);
  BatchMembers members(most, cost_, harvest.taken_at);
  harvest.batch = waiting_.Take([&members](const BatchTask& task) {
    switch (members.Offer(task.deadline())) {
      case BatchMembers::Verdict::kJoins:
        return Choice::kTake;
      case BatchMembers::Verdict::kIsLate:
        return Choice::kLeave;
      default:
        return Choice::kStop;
    }
  });
  if (harvest.batch.empty()) {
    size_t taken = 0;
    harvest.batch = waiting_.Take(
        [&](const BatchTask&) { return taken++ < most ? Choice::kTake : Choice::kStop; });
  }
  const size_t size = harvest.batch.size();
  busy_until_[executor] = BatchEnd{harvest.taken_at + cost_.Predict(size),
                                   harvest.taken_at + cost_.PredictAtMost(size)};
  if (waiting_.empty()) {
    harvest.idle = IdleExecutors();
    return;
  }
  // The rest is another idle executor's work, and the timer's.
  changed_.SignalOne();
  if (timer_asleep_) timer_wanted_.SignalOne();
}

QueueSnapshot BatchQueue::Snapshot() const {
  QueueSnapshot snapshot;
  snapshot.waiting = waiting_.size();
  snapshot.draining = draining_;
  snapshot.oldest_arrival = waiting_.OldestArrival();
  snapshot.gather_until =
      GatherUntil(arrivals_, snapshot.oldest_arrival, cost_, options_.limits, options_.executors);
  size_t next = 0;
  waiting_.Visit([&](const BatchTask& task) {
    if (next == options_.limits.max_batch_size) return false;
    ++next;
    snapshot.earliest_deadline = std::min(snapshot.earliest_deadline, task.deadline());
    return true;
  });
  snapshot.longest_run_time = cost_.PredictAtMost(next);
  return snapshot;
}

void BatchQueue::Answer(Harvest& harvest) {
  for (WaitingTask& dropped : harvest.cancelled) {
    probe_.TaskWaited(harvest.taken_at - dropped.arrival);
    probe_.TaskRejected(RejectReason::kCancelled);
    dropped.task->Reject(absl::CancelledError("the caller cancelled the request"));
  }
  for (WaitingTask& dropped : harvest.expired) {
    const absl::Duration wait = harvest.taken_at - dropped.arrival;
    probe_.TaskWaited(wait);
    probe_.TaskRejected(RejectReason::kExpired);
    dropped.task->Reject(absl::DeadlineExceededError(
        absl::StrCat("the deadline passed after ", absl::FormatDuration(wait), " in the queue")));
  }
  for (const auto& left : harvest.left) left();
}

void BatchQueue::RunBatch(size_t executor, Harvest harvest) {
  // Answering others took time, in which members may have died.
  Harvest dead;
  dead.taken_at = clock_.Monotonic();
  std::vector<std::unique_ptr<BatchTask>> tasks;
  std::vector<absl::Duration> deadlines, waits;
  tasks.reserve(harvest.batch.size());
  for (WaitingTask& waiting : harvest.batch) {
    if (waiting.task->deadline() <= dead.taken_at) {
      dead.expired.push_back(std::move(waiting));
    } else if (waiting.task->cancelled()) {
      dead.cancelled.push_back(std::move(waiting));
    } else {
      waits.push_back(dead.taken_at - waiting.arrival);
      probe_.TaskWaited(waits.back());
      deadlines.push_back(waiting.task->deadline());
      tasks.push_back(std::move(waiting.task));
    }
  }
  Answer(dead);
  const size_t size = tasks.size();
  absl::Duration ran;
  if (size > 0) {
    probe_.BatchFormed(size, harvest.reason);
    const absl::Duration start = clock_.Monotonic();
    for (size_t i = 0; i < size; ++i) tasks[i]->Starts({start, waits[i], size});
    {
      const SpareCores spare(static_cast<int>(harvest.idle));
      runner_(std::move(tasks));
    }
    const absl::Duration end = clock_.Monotonic();
    ran = end - start;
    const auto late = std::count_if(deadlines.begin(), deadlines.end(),
                                    [end](absl::Duration deadline) { return deadline < end; });
    if (late > 0) probe_.TasksLate(static_cast<size_t>(late));
  }
  const MutexLock lock(mutex_);
  busy_until_[executor].reset();
  if (size > 0) cost_.Observe(size, ran);
}

void BatchQueue::RunTimer() {
  while (true) {
    Harvest harvest = NextDead();
    Answer(harvest);
    if (harvest.finished) return;
  }
}

BatchQueue::Harvest BatchQueue::NextDead() {
  Harvest harvest;
  const MutexLock lock(mutex_);
  while (true) {
    harvest.finished = timer_stopped_;
    harvest.taken_at = clock_.Monotonic();
    DropDead(harvest);
    if (harvest.HasWork()) {
      // The queue has become shorter.
      LetIn(harvest);
      return harvest;
    }
    if (waiting_.empty() && outsiders_.empty()) {
      timer_asleep_ = true;
      timer_wanted_.Wait(mutex_);
      timer_asleep_ = false;
      continue;
    }
    absl::Duration deadline = waiting_.EarliestDeadline();
    for (const Outsider& outsider : outsiders_)
      deadline = std::min(deadline, outsider.waiting.task->deadline());
    const absl::Duration left = deadline - harvest.taken_at;
    timer_wanted_.WaitFor(mutex_, std::max(kShortestTick, std::min(kTick, left)));
  }
}

}  // namespace provnet
