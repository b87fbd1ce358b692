#ifndef PROVNET_TRAINER_AUDIT_OUT_OF_FOLD_H_
#define PROVNET_TRAINER_AUDIT_OUT_OF_FOLD_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/base/clock.h"
#include "trainer/audit/nearest_rows.h"
#include "trainer/data/dataset.h"
#include "trainer/data/float_matrix.h"
#include "trainer/journal/journal.h"
#include "trainer/training/progress.h"
#include "trainer/training/stop_signal.h"
#include "trainer/training/training_options.h"

namespace provnet {

struct OutOfFoldOptions {
  // Each sample is judged by models fitted without its fold; at least 2.
  uint32_t folds = 5;
  // Times that this is done, each with other folds and initial values; at least 1.
  uint32_t repeats = 2;
  // Neighbours a sample, at least 1.
  uint32_t neighbours = 10;
  // How the models are fitted; its seed draws the folds, too.
  TrainingOptions training;
  // Fits side by side.
  int threads = 1;
};

// Results of fits, by round, repeat and fold.
using AuditJournal = Journal<std::vector<float>>;

// What surrounds the fits. The journal, when there is one, keeps every finished fit's results.
struct OutOfFoldContext {
  ProgressListener& progress;
  const Clock& clock;
  StopCondition stop_requested;
  AuditJournal* journal = nullptr;
};

// What models say of samples that they did not see.
struct OutOfFold {
  // [n, C]: ln of the class probabilities, the mean over the repeats (not normalised).
  FloatMatrix log_probabilities;
  // Of each sample, by the features of the first repeat's model scaled to length 1, among the
  // samples on which that model was fitted: so without the sample itself and its duplicates.
  NeighbourLists neighbours;
  // The fold of each sample in the first repeat: distances of different folds' models differ.
  std::vector<uint32_t> fold_of;
};

// Fits folds * repeats plain classifiers (trainer/faithfulness/plain_classifier.h), each without
// one fold, and judges that fold's samples with it. `groups` (of duplicates) are never torn apart
// by folds. Samples in `left_out` are judged like all, but no model is fitted on them; every class
// keeps some. `key` names this round in the journal. Blocks; deterministic, whatever the number of
// threads. CANCELLED when asked to stop: finished fits are in the journal.
absl::StatusOr<OutOfFold> JudgeOutOfFold(const Dataset& data,
                                         std::span<const std::vector<uint64_t>> groups,
                                         const std::vector<bool>& left_out, const std::string& key,
                                         const OutOfFoldOptions& options,
                                         const OutOfFoldContext& context);

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_OUT_OF_FOLD_H_
