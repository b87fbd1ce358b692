#ifndef PROVNET_SERVER_BATCHING_TASK_LINES_H_
#define PROVNET_SERVER_BATCHING_TASK_LINES_H_

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "server/batching/batch_task.h"

namespace provnet {

// A task in a queue, and when it came.
struct WaitingTask {
  std::unique_ptr<BatchTask> task;
  absl::Duration arrival;
};

// The tasks that wait, in the order in which they will run. Thread-compatible.
//
// Within a priority first come, first served. Between priorities a head start: each step down
// counts as having come `head_start` later. So high priority overtakes normal tasks that came up to
// one head start before it, and low ones up to two, but never those that have waited longer:
// whatever comes in, nothing starves.
class TaskLines {
 public:
  explicit TaskLines(absl::Duration head_start) : head_start_(head_start) {}

  size_t size() const;
  bool empty() const { return size() == 0; }

  // Arrivals never go back.
  void Push(WaitingTask task);

  // How many would run before a task of `priority` that arrived at `now`.
  size_t Ahead(Priority priority, absl::Duration now) const;

  // Arrival of the oldest task, of whatever priority; infinite when there is none.
  absl::Duration OldestArrival() const;
  // Infinite when no task has one.
  absl::Duration EarliestDeadline() const;

  // Visits the tasks in the order in which they will run until `visit` returns false.
  void Visit(const std::function<bool(const BatchTask&)>& visit) const;

  // What to do with a task: leave it, take it out, or leave it and all that follow it.
  enum class Choice { kLeave, kTake, kStop };
  // Asks `choose` about each task in the order in which they will run, and returns those taken, in
  // that order.
  std::vector<WaitingTask> Take(const std::function<Choice(const BatchTask&)>& choose);

  // Takes out the task that would run last, if its priority is lower than `priority`; otherwise the
  // result's task is null.
  WaitingTask TakeLastBelow(Priority priority);

 private:
  // The priority whose first task, `from[p]` tasks behind the head of its line, runs next;
  // kPriorityCount when all lines are at their end.
  size_t NextLine(const std::array<size_t, kPriorityCount>& from) const;
  absl::Duration Rank(size_t priority, absl::Duration arrival) const {
    return arrival + head_start_ * static_cast<int64_t>(priority);
  }

  const absl::Duration head_start_;
  // By priority; each in the order of arrival.
  std::array<std::deque<WaitingTask>, kPriorityCount> lines_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_BATCHING_TASK_LINES_H_
