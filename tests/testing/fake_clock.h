#ifndef PROVNET_TESTS_TESTING_FAKE_CLOCK_H_
#define PROVNET_TESTS_TESTING_FAKE_CLOCK_H_

#include "absl/time/time.h"
#include "storage/base/clock.h"
#include "storage/base/mutex.h"

namespace provnet {

// Stands still until it is told to advance. Thread-safe.
class FakeClock final : public Clock {
 public:
  absl::Duration Monotonic() const override {
    const MutexLock lock(mutex_);
    return now_;
  }

  void Advance(absl::Duration by) {
    const MutexLock lock(mutex_);
    now_ += by;
  }

 private:
  mutable Mutex mutex_;
  absl::Duration now_ ABSL_GUARDED_BY(mutex_) = absl::Seconds(1000);
};

}  // namespace provnet

#endif  // PROVNET_TESTS_TESTING_FAKE_CLOCK_H_
