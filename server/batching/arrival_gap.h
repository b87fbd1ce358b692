#ifndef PROVNET_SERVER_BATCHING_ARRIVAL_GAP_H_
#define PROVNET_SERVER_BATCHING_ARRIVAL_GAP_H_

#include <algorithm>
#include <optional>

#include "absl/time/time.h"

namespace provnet {

// How far apart tasks arrive: the mean over some sixteen gaps, the latest counting most.
// Thread-compatible.
class ArrivalGap {
 public:
  // Arrivals never go back.
  void Observe(absl::Duration now) {
    if (last_.has_value()) {
      const absl::Duration gap = std::min(now - *last_, kLongest);
      mean_ = mean_ == absl::InfiniteDuration() ? gap : mean_ + (gap - mean_) / kRemembered;
    }
    last_ = now;
  }

  // Infinite before the second arrival.
  absl::Duration mean() const { return mean_; }
  // Of the latest one; infinitely long ago before the first.
  absl::Duration last() const { return last_.value_or(-absl::InfiniteDuration()); }

 private:
  static constexpr int64_t kRemembered = 16;
  // So that one long silence is forgotten soon.
  static constexpr absl::Duration kLongest = absl::Milliseconds(50);

  absl::Duration mean_ = absl::InfiniteDuration();
  std::optional<absl::Duration> last_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_BATCHING_ARRIVAL_GAP_H_
