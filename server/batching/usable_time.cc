#include "server/batching/usable_time.h"

#include <algorithm>

namespace provnet {
namespace {

// How often a typical task's time must pass until the share has fallen from its most to its least:
// a queue that is as long as tasks have time shrinks meanwhile, and a sixth of the executors' work
// is what waits in it. Rising takes longer, or every rise would end in a fall.
constexpr double kFall = 4;
constexpr double kRise = 20;
// Over so many tasks goes the mean of what they had left.
constexpr int64_t kRemembered = 64;

}  // namespace

absl::Duration UsableTime::Of(absl::Duration left, absl::Duration now, bool full_batches_ahead) {
  if (left <= absl::ZeroDuration() || left == absl::InfiniteDuration()) return left;
  const bool first = typical_ == absl::ZeroDuration();
  typical_ = first ? left : typical_ + (left - typical_) / kRemembered;
  const double passed = first ? 0 : absl::FDivDuration(now - moved_at_, typical_);
  moved_at_ = now;
  const double step = now - refused_at_ < typical_ ? -passed / kFall : passed / kRise;
  share_ = std::clamp(share_ + (kMost - kLeast) * step, kLeast, kMost);
  return (full_batches_ahead ? share_ : kMost) * left;
}

}  // namespace provnet
