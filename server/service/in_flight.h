#ifndef PROVNET_SERVER_SERVICE_IN_FLIGHT_H_
#define PROVNET_SERVER_SERVICE_IN_FLIGHT_H_

#include <cstddef>

#include "absl/time/time.h"
#include "storage/base/clock.h"
#include "storage/base/mutex.h"

namespace provnet {

// Counts the calls that were accepted and are not done yet, until there shall be no more.
// Thread-safe.
class InFlight {
 public:
  // Whether the call is accepted. If so, End must follow.
  [[nodiscard]] bool Begin() {
    const MutexLock lock(mutex_);
    if (closed_) return false;
    ++count_;
    return true;
  }
  void End() {
    const MutexLock lock(mutex_);
    if (--count_ == 0) idle_.SignalAll();
  }

  // Accepts nothing from here on.
  void Close() {
    const MutexLock lock(mutex_);
    closed_ = true;
  }

  size_t count() const {
    const MutexLock lock(mutex_);
    return count_;
  }

  // Blocks until no call is left or `timeout` has passed; returns how many are left.
  size_t AwaitIdle(absl::Duration timeout, const Clock& clock) {
    const absl::Duration end = clock.Monotonic() + timeout;
    const MutexLock lock(mutex_);
    while (count_ > 0) {
      const absl::Duration left = end - clock.Monotonic();
      if (left <= absl::ZeroDuration()) break;
      idle_.WaitFor(mutex_, left);
    }
    return count_;
  }

 private:
  mutable Mutex mutex_;
  CondVar idle_;
  size_t count_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_IN_FLIGHT_H_
