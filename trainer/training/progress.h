#ifndef PROVNET_TRAINER_TRAINING_PROGRESS_H_
#define PROVNET_TRAINER_TRAINING_PROGRESS_H_

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace provnet {

// Where a fit stands after a batch. Losses are means over the epoch so far.
struct TrainingProgress {
  // Counted from 1.
  uint32_t epoch = 0;
  uint32_t epochs = 0;
  uint64_t batch = 0;
  uint64_t batches = 0;
  double class_loss = 0;
  double index_loss = 0;
  // Training samples, not views.
  double images_per_second = 0;
  absl::Duration remaining = absl::ZeroDuration();
};

// Told how a fit goes, on the thread that trains.
class ProgressListener {
 public:
  virtual ~ProgressListener() = default;

  virtual void BatchDone(const TrainingProgress& progress) = 0;
  // After an epoch's checkpoint was written.
  virtual void EpochDone(const TrainingProgress& progress) = 0;
  // What is being done now, or something that the user should know; one line, no full stop.
  virtual void Note(absl::string_view text) = 0;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_PROGRESS_H_
