#ifndef PROVNET_SERVER_BATCHING_BATCH_PROBE_H_
#define PROVNET_SERVER_BATCHING_BATCH_PROBE_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/batching/batch_policy.h"

namespace provnet {

// Why a task was answered without having run.
enum class RejectReason {
  // Never taken: the queue was full.
  kQueueFull,
  // Never taken: the queue is draining.
  kDraining,
  // Never taken: the predicted wait was longer than the queue's bound.
  kWaitTooLong,
  // Never taken: by the prediction its deadline would have passed before its answer.
  kDeadlineTooClose,
  // Dropped while waiting: a task of higher priority took its place in a full queue.
  kDisplaced,
  // Dropped while waiting: its caller gave up.
  kCancelled,
  // Dropped while waiting: its deadline passed.
  kExpired,
};
inline constexpr size_t kRejectReasonCount = 7;

// "queue_full", "draining", "wait_too_long", "deadline_too_close", "displaced", "cancelled",
// "expired".
absl::string_view RejectReasonName(RejectReason reason);

// What a BatchQueue tells the world. Called outside of its lock, from any thread; implementations
// are thread-safe and quick. Every offered task leaves once, in a batch or rejected, so the queue's
// depth is the number of TaskOffered less the sizes of BatchFormed less the number of TaskRejected.
class BatchProbe {
 public:
  virtual ~BatchProbe() = default;

  virtual void TaskOffered() = 0;
  // How long the task that was just offered would probably wait until its batch begins.
  virtual void WaitPredicted(absl::Duration wait) = 0;
  virtual void TaskRejected(RejectReason reason) = 0;
  // How long a task was in the queue, whether it ran or was dropped.
  virtual void TaskWaited(absl::Duration wait) = 0;
  virtual void BatchFormed(size_t size, DispatchReason reason) = 0;
  // Of a batch that has ended, so many members had a deadline that passed while it ran.
  virtual void TasksLate(size_t count) = 0;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_BATCHING_BATCH_PROBE_H_
