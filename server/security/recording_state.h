#ifndef PROVNET_SERVER_SECURITY_RECORDING_STATE_H_
#define PROVNET_SERVER_SECURITY_RECORDING_STATE_H_

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "storage/base/clock.h"

namespace provnet {

// Whether what has to be on the disk before an answer can be written there. Told by the one thread
// at a time that writes, and may wait for the disk; asked by those that must not. Thread-safe;
// never blocks.
class RecordingState {
 public:
  // A write that has not come back after this counts as one that failed.
  static constexpr absl::Duration kStuck = absl::Seconds(5);

  // `what` can't be recorded, the status will say; it lives as long as `clock` and longer than
  // this.
  RecordingState(absl::string_view what, const Clock& clock) : what_(what), clock_(clock) {}

  void Begin() { began_.store(Now(), std::memory_order_relaxed); }
  void End(bool written) {
    broken_.store(!written, std::memory_order_relaxed);
    began_.store(kIdle, std::memory_order_relaxed);
  }

  // The last write failed.
  bool broken() const { return broken_.load(std::memory_order_relaxed); }

  // UNAVAILABLE while broken or stuck.
  absl::Status Check() const;

 private:
  static constexpr int64_t kIdle = -1;

  int64_t Now() const { return absl::ToInt64Milliseconds(clock_.Monotonic()); }

  const absl::string_view what_;
  const Clock& clock_;
  std::atomic<bool> broken_{false};
  // When the write that is under way began.
  std::atomic<int64_t> began_{kIdle};
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SECURITY_RECORDING_STATE_H_
