#include "client/bench/arrival_schedule.h"

#include <algorithm>

namespace provnet {

absl::Duration ArrivalSchedule::Wait(absl::Duration now) const {
  return std::max(absl::ZeroDuration(), next_ - now);
}

absl::Duration ArrivalSchedule::Take() {
  absl::Duration due = next_;
  Advance();
  return due;
}

void ArrivalSchedule::Advance() { next_ += absl::Seconds(gap_seconds_(generator_)); }

}  // namespace provnet
