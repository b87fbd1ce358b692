#ifndef PROVNET_SERVER_SERVICE_IN_FLIGHT_H_
#define PROVNET_SERVER_SERVICE_IN_FLIGHT_H_

#include <cstddef>

#include "storage/base/mutex.h"

namespace provnet {

// Counts the calls that have begun and are not done yet. Thread-safe.
class InFlight {
 public:
  void Begin() {
    const MutexLock lock(mutex_);
    ++count_;
  }
  void End() {
    const MutexLock lock(mutex_);
    --count_;
  }
  size_t count() const {
    const MutexLock lock(mutex_);
    return count_;
  }

 private:
  mutable Mutex mutex_;
  size_t count_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_IN_FLIGHT_H_
