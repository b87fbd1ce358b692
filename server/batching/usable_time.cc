#include "server/batching/usable_time.h"

#include <algorithm>

namespace provnet {
namespace {

// How often a task's time must pass until the share has fallen from its most to its least: a queue
// that is as long as tasks have time shrinks meanwhile, and a sixth of the executors' work is what
// waits in it. Rising takes longer, or every rise would end in a fall.
constexpr double kFall = 4;
constexpr double kRise = 20;

}  // namespace

absl::Duration UsableTime::Of(absl::Duration left, absl::Duration now, bool full_batches_ahead) {
  // A task without a deadline moves nothing.
  const double passed = absl::FDivDuration(now - moved_at_, left);
  moved_at_ = now;
  const double step = now - refused_at_ < left ? -passed / kFall : passed / kRise;
  share_ = std::clamp(share_ + (kMost - kLeast) * step, kLeast, kMost);
  return (full_batches_ahead ? share_ : kMost) * left;
}

}  // namespace provnet
