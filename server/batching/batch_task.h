#ifndef PROVNET_SERVER_BATCHING_BATCH_TASK_H_
#define PROVNET_SERVER_BATCHING_BATCH_TASK_H_

#include <atomic>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace provnet {

// A caller's wish to give up, shared between the caller and the task. Thread-safe.
class CancelToken {
 public:
  void Cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_{false};
};

// Who goes first in a queue; see TaskLines for how far.
enum class Priority {
  // Somebody waits for the answer.
  kHigh,
  kNormal,
  // Work that fills what the others leave.
  kLow,
};
inline constexpr size_t kPriorityCount = 3;

// When a task begins to run, how long it waited until then, and with how many others, itself
// included.
struct BatchStart {
  // On Clock::Monotonic().
  absl::Duration at;
  absl::Duration waited;
  size_t batch_size = 0;
};

// One unit of a batch. A queue either hands it to the runner or answers it with Reject, never both.
class BatchTask {
 public:
  virtual ~BatchTask() = default;

  // Answers the task without running it: CANCELLED, DEADLINE_EXCEEDED or RESOURCE_EXHAUSTED. Called
  // at most once, outside of any lock.
  virtual void Reject(absl::Status status) = 0;

  // Tells the task that it is handed to the runner next. Called outside of any lock; be quick.
  virtual void Starts(const BatchStart&) {}

  // Whether the caller has given up. Called under the queue's lock: read a flag, nothing more.
  virtual bool cancelled() const = 0;

  // When the answer becomes worthless, on Clock::Monotonic(); infinite for never. Constant.
  virtual absl::Duration deadline() const = 0;

  // Constant.
  virtual Priority priority() const { return Priority::kNormal; }
};

}  // namespace provnet

#endif  // PROVNET_SERVER_BATCHING_BATCH_TASK_H_
