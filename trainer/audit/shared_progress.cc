#include "trainer/audit/shared_progress.h"

#include <algorithm>
#include <cmath>

namespace provnet {

void SharedProgress::BatchDone(uint64_t fit, const TrainingProgress& progress) {
  const MutexLock lock(mutex_);
  done_[fit] = progress.epoch - 1 +
               static_cast<double>(progress.batch) /
                   static_cast<double>(std::max<uint64_t>(progress.batches, 1));
  double fitted = 0;
  for (const auto& [other, epochs] : done_) fitted += epochs;
  const double done = fitted + static_cast<double>(skipped_ * progress.epochs);
  const double all = static_cast<double>(fits_ * progress.epochs);
  TrainingProgress joint = progress;
  joint.epochs = static_cast<uint32_t>(all);
  joint.epoch = static_cast<uint32_t>(std::min(done, all - 1)) + 1;
  joint.batch = static_cast<uint64_t>(
      std::lround((done - (joint.epoch - 1)) * static_cast<double>(progress.batches)));
  const absl::Duration elapsed = clock_.Monotonic() - start_;
  joint.remaining = elapsed * std::max(all - done, 0.0) / std::max(fitted, 1e-9);
  joint.images_per_second *=
      static_cast<double>(std::count_if(done_.begin(), done_.end(), [&](const auto& entry) {
        return entry.second < progress.epochs;
      }));
  listener_.BatchDone(joint);
}

void SharedProgress::Skipped() {
  const MutexLock lock(mutex_);
  ++skipped_;
}

}  // namespace provnet
