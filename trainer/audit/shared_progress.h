#ifndef PROVNET_TRAINER_AUDIT_SHARED_PROGRESS_H_
#define PROVNET_TRAINER_AUDIT_SHARED_PROGRESS_H_

#include <cstdint>
#include <map>

#include "absl/base/thread_annotations.h"
#include "storage/base/clock.h"
#include "storage/base/mutex.h"
#include "trainer/training/progress.h"

namespace provnet {

// The progress of many equal fits, side by side, as that of one: its epochs are those of all fits.
// Thread-safe; calls `listener` from one thread at a time.
class SharedProgress {
 public:
  // `fits` are to come. `listener` and `clock` outlive this object.
  SharedProgress(uint64_t fits, ProgressListener& listener, const Clock& clock)
      : fits_(fits), listener_(listener), clock_(clock), start_(clock.Monotonic()) {}

  // A batch of fit `fit` is done.
  void BatchDone(uint64_t fit, const TrainingProgress& progress);
  // A fit's results came from elsewhere, in no time.
  void Skipped();

 private:
  const uint64_t fits_;
  ProgressListener& listener_;
  const Clock& clock_;
  const absl::Duration start_;

  Mutex mutex_;
  uint64_t skipped_ ABSL_GUARDED_BY(mutex_) = 0;
  // By fit, in epochs.
  std::map<uint64_t, double> done_ ABSL_GUARDED_BY(mutex_);
};

// What one fit of many reports to.
class FitProgress : public ProgressListener {
 public:
  FitProgress(SharedProgress& shared, uint64_t fit) : shared_(shared), fit_(fit) {}
  void BatchDone(const TrainingProgress& progress) override { shared_.BatchDone(fit_, progress); }
  void EpochDone(const TrainingProgress&) override {}
  void Note(absl::string_view) override {}

 private:
  SharedProgress& shared_;
  const uint64_t fit_;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_SHARED_PROGRESS_H_
