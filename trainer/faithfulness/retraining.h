#ifndef PROVNET_TRAINER_FAITHFULNESS_RETRAINING_H_
#define PROVNET_TRAINER_FAITHFULNESS_RETRAINING_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "trainer/data/dataset.h"
#include "trainer/faithfulness/plain_classifier.h"
#include "trainer/faithfulness/retrain_journal.h"
#include "trainer/training/progress.h"

namespace provnet {

// One plain fit to some of the samples, and what is asked of the result.
struct RetrainJob {
  // Distinguishes it in the journal.
  std::string key;
  // Positions among the samples.
  std::vector<uint64_t> samples;
  uint64_t seed = 0;
  // What is kept of the fitted network; finite numbers. Called on a worker's thread.
  std::function<std::vector<float>(ProvenanceNetwork&)> read;
};

// What surrounds a batch of fits.
struct RetrainContext {
  const Dataset& samples;
  uint32_t epochs;
  RetrainJournal& journal;
  ProgressListener& progress;
  int threads;
  StopCondition stop_requested;
};

// Fits those jobs that the journal lacks, side by side, recording each; returns what was read, a
// row a job. `what` names them in the progress, e.g. "fits to halves". CANCELLED when asked to
// stop: finished fits are on record.
absl::StatusOr<std::vector<std::vector<float>>> Retrain(const RetrainContext& context,
                                                        absl::string_view what,
                                                        const std::vector<RetrainJob>& jobs);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_RETRAINING_H_
