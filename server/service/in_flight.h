#ifndef PROVNET_SERVER_SERVICE_IN_FLIGHT_H_
#define PROVNET_SERVER_SERVICE_IN_FLIGHT_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/service/readiness.h"
#include "storage/base/clock.h"
#include "storage/base/mutex.h"

namespace provnet {

// The most that a server works on at a time.
struct InFlightLimits {
  // Calls, streams included.
  size_t calls = 8192;
  // ExplainStream calls, which may last for hours.
  size_t streams = 256;
};

// Counts the calls that were accepted and are not done yet, until there shall be no more.
// Thread-safe.
class InFlight {
 public:
  explicit InFlight(const InFlightLimits& limits = {}) : limits_(limits) {}

  // OK when the call is accepted; End must then follow. UNAVAILABLE once closed, RESOURCE_EXHAUSTED
  // at a limit.
  absl::Status Begin(bool stream) {
    const MutexLock lock(mutex_);
    if (closed_) return DrainingError();
    if (count_ >= limits_.calls) return Full("calls", limits_.calls);
    if (stream && streams_ >= limits_.streams) return Full("ExplainStream calls", limits_.streams);
    ++count_;
    if (stream) ++streams_;
    return absl::OkStatus();
  }
  void End(bool stream) {
    const MutexLock lock(mutex_);
    if (stream) --streams_;
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
  static absl::Status Full(absl::string_view what, size_t limit) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the server has ", limit, " ", what,
                     " in progress, as many as it takes at a time; try again later"));
  }

  const InFlightLimits limits_;
  mutable Mutex mutex_;
  CondVar idle_;
  size_t count_ ABSL_GUARDED_BY(mutex_) = 0;
  // Of count_.
  size_t streams_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_IN_FLIGHT_H_
