#include "client/adaptive_throttle.h"

#include <algorithm>
#include <cmath>

namespace provnet {
namespace {

// How long a call counts: decayed to 1/e.
constexpr absl::Duration kMemory = absl::Seconds(2);
// Calls within that time that are sent in any case.
constexpr double kFree = 2;
// K falls from 2 by 20 f, where f is the share refused. Where K a calls are sent and a taken, f is
// 1 - 1/K, which makes it settle at K = 1.05: a twentieth of what is sent is refused.
constexpr double kMostOverTaken = 2;
constexpr double kLeastOverTaken = 1.02;
constexpr double kSteepness = 20;

}  // namespace

bool AdaptiveThrottle::HoldsBack(absl::Duration now, double chance) {
  Forget(now);
  const bool holds_back = chance < HoldBackProbability();
  if (holds_back) held_back_ += 1;
  return holds_back;
}

void AdaptiveThrottle::Taken(absl::Duration now) {
  Forget(now);
  taken_ += 1;
}

void AdaptiveThrottle::Refused(absl::Duration now) {
  Forget(now);
  refused_ += 1;
}

void AdaptiveThrottle::Forget(absl::Duration now) {
  const absl::Duration passed = now - counted_at_;
  if (passed <= absl::ZeroDuration()) return;
  const double kept = std::exp(-absl::FDivDuration(passed, kMemory));
  taken_ *= kept;
  refused_ *= kept;
  held_back_ *= kept;
  counted_at_ = now;
}

double AdaptiveThrottle::HoldBackProbability() const {
  const double sent = taken_ + refused_;
  if (sent == 0) return 0;
  const double over_taken =
      std::clamp(kMostOverTaken - kSteepness * refused_ / sent, kLeastOverTaken, kMostOverTaken);
  const double wanted = sent + held_back_;
  return std::max(0.0, (wanted - over_taken * taken_ - kFree) / (wanted + 1));
}

}  // namespace provnet
