#ifndef PROVNET_STORAGE_BASE_BACKGROUND_PACE_H_
#define PROVNET_STORAGE_BASE_BACKGROUND_PACE_H_

#include "absl/time/time.h"

namespace provnet {

// While it lives, what its thread computes is work in the background: at each YieldToForeground()
// it rests nine times as long as it has computed since its last rest, unless the other threads of
// the process have hardly computed themselves. A low priority alone does not keep it out of their
// way: a thread that wakes up while all cores are taken may wait for the scheduler's next tick, 4
// ms on many systems, whatever runs there. What rests for nine tenths of the time is rarely met.
// One a thread at most.
class BackgroundPace {
 public:
  BackgroundPace();
  ~BackgroundPace();
  BackgroundPace(const BackgroundPace&) = delete;
  BackgroundPace& operator=(const BackgroundPace&) = delete;

  // Whether the calling thread has one.
  static bool OnThisThread();

 private:
  friend absl::Duration YieldToForeground();
  absl::Duration Yield();

  // Of the last rest's beginning; by Clock::Monotonic.
  absl::Duration rested_;
  absl::Duration process_cpu_;
  // Of its end.
  absl::Duration thread_cpu_;
};

// Work that may run in the background calls it every millisecond or so. Does nothing where it
// doesn't. Returns how long it rested.
absl::Duration YieldToForeground();

}  // namespace provnet

#endif  // PROVNET_STORAGE_BASE_BACKGROUND_PACE_H_
