#ifndef PROVNET_SERVER_BATCHING_BATCH_POLICY_H_
#define PROVNET_SERVER_BATCHING_BATCH_POLICY_H_

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/batching/arrival_gap.h"
#include "server/batching/batch_cost.h"

namespace provnet {

// Why a batch was closed.
enum class DispatchReason {
  // An executor is idle, and there is nothing or no longer anything to wait for.
  kExecutorFree,
  // As many tasks wait as a batch may hold; it takes fewer where others take their share.
  kFull,
  // Lingering on would make a task miss its deadline.
  kDeadline,
  // The queue takes no more tasks, so that waiting could bring no batch mates.
  kDraining,
};

// "executor_free", "full", "deadline", "draining".
absl::string_view DispatchReasonName(DispatchReason reason);

struct BatchLimits {
  // Most tasks that one batch holds; at least 1. Larger batches cost less a task and answer later.
  size_t max_batch_size = 64;
  // How long an idle executor holds back a batch that is not full, in the hope of batch mates,
  // counted from the arrival of its oldest task. Zero: not at all, so a lone caller never waits.
  absl::Duration linger = absl::ZeroDuration();
  // Whether tasks that come in a rush are gathered into larger batches (GatherUntil).
  bool gather = false;
};

// What an idle executor sees. Times are those of Clock::Monotonic().
struct QueueSnapshot {
  size_t waiting = 0;
  // Arrival of the oldest waiting task; meaningless when nothing waits.
  absl::Duration oldest_arrival = absl::ZeroDuration();
  // As GatherUntil says; in the past when the tasks come one by one.
  absl::Duration gather_until = -absl::InfiniteDuration();
  // The earliest deadline of the tasks that the next batch would hold; infinite when none has one.
  absl::Duration earliest_deadline = absl::InfiniteDuration();
  // How long the next batch will run at most.
  absl::Duration longest_run_time = absl::ZeroDuration();
  bool draining = false;
};

// Either `dispatch` says why to run a batch now, or the executor sleeps until `wait_until`
// (infinite: until something changes) and asks again then, or earlier when the queue changes.
struct BatchDecision {
  std::optional<DispatchReason> dispatch;
  absl::Duration wait_until = absl::InfiniteDuration();
};

// Until when an idle executor gathers tasks, of which the oldest came at `oldest_arrival`, before
// it runs them.
//
// Idea: a batch has a fixed cost, which a batch of one pays alone. That is right as long as the
// executors can keep up with tasks one by one: they come farther apart than Predict(1) over the
// number of executors, and nobody is held back. Where they come faster, small batches take from
// the larger ones the time in which those would have run. So an executor waits as long as tasks
// keep coming that fast, but no longer than a tenth of what a full batch takes. A pure function.
absl::Duration GatherUntil(const ArrivalGap& arrivals, absl::Duration oldest_arrival,
                           const BatchCost& cost, const BatchLimits& limits, int executors);

// What an idle executor does at `now`. A pure function.
BatchDecision DecideBatch(const QueueSnapshot& queue, const BatchLimits& limits,
                          absl::Duration now);

// How many of the `waiting` tasks an idle executor takes at most, where `idle` others have nothing
// to do either.
//
// Idea: one that took all of them would leave the others without work for the time of a batch, and
// when as many callers wait as a batch holds, their next requests then come together again. So it
// takes its share: one of as many as there are idle executors, or of fewer, so that the fixed cost
// is a quarter of each share's batch at most; with more of them, all together would take more of
// the cores than they gain. What batches of other sizes cost has to be known for that: where all
// were of one size nothing is shared, from which it becomes known. (Before the first batch, shares
// are even.) Where batches linger, large ones are wanted. A pure function.
size_t ShareOf(size_t waiting, size_t idle, const BatchCost& cost, const BatchLimits& limits);

// The members of one batch that begins at `now`, chosen one after the other in the order in which
// they wait. The batch ends where one more member would make another, or itself, late. Tasks that
// would be late even alone are left for last: they make up a batch of their own when nothing else
// waits, since the prediction may be wrong, and is learned from what runs.
class BatchMembers {
 public:
  // At most `most` of them, at least 1.
  BatchMembers(size_t most, const BatchCost& cost, absl::Duration now)
      : most_(most), cost_(cost), now_(now) {}

  enum class Verdict { kJoins, kIsLate, kEndsTheBatch };
  // What becomes of a task with this deadline; if it joins, it is a member from here on.
  Verdict Offer(absl::Duration deadline);

  size_t size() const { return size_; }

 private:
  absl::Duration EndOf(size_t size) const { return now_ + cost_.PredictAtMost(size); }

  const size_t most_;
  const BatchCost& cost_;
  const absl::Duration now_;
  size_t size_ = 0;
  absl::Duration earliest_deadline_ = absl::InfiniteDuration();
};

}  // namespace provnet

#endif  // PROVNET_SERVER_BATCHING_BATCH_POLICY_H_
