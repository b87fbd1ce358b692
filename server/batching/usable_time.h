#ifndef PROVNET_SERVER_BATCHING_USABLE_TIME_H_
#define PROVNET_SERVER_BATCHING_USABLE_TIME_H_

#include "absl/time/time.h"

namespace provnet {

// How much of the time up to its deadline a task's answer may take by the forecast. A tenth is for
// the way to the caller and back, which a relative deadline doesn't show: a queue that fills up to
// the deadline itself answers all of its requests just too late.
//
// Where tasks are refused, the share falls to a quarter, by and by, and it rises again when nobody
// is. By and by, since callers who hold back (client/adaptive_throttle.h) take their bearings from
// what is taken: a queue that takes nothing until it is short makes them starve it next. How fast
// goes by the time that tasks of late had.
// Thread-compatible.
class UsableTime {
 public:
  // Of `left`, the time up to a task's deadline, as of `now`, which never goes back. The share
  // counts only for tasks with full batches ahead of them. A deadline that is none, or has passed,
  // is answered as it is and says nothing about others.
  absl::Duration Of(absl::Duration left, absl::Duration now, bool full_batches_ahead);

  // A task was refused.
  void Refused(absl::Duration now) { refused_at_ = now; }

 private:
  static constexpr double kMost = 0.9;
  static constexpr double kLeast = 0.25;

  double share_ = kMost;
  // The mean of what tasks had left; zero before the first.
  absl::Duration typical_;
  absl::Duration moved_at_;
  absl::Duration refused_at_ = -absl::InfiniteDuration();
};

}  // namespace provnet

#endif  // PROVNET_SERVER_BATCHING_USABLE_TIME_H_
