#ifndef PROVNET_TRAINER_EXPERIMENTS_LABEL_ERRORS_EXPERIMENT_H_
#define PROVNET_TRAINER_EXPERIMENTS_LABEL_ERRORS_EXPERIMENT_H_

#include "trainer/experiments/experiment.h"

namespace provnet {

// Whether an audit finds what is wrong with a training set: labels changed on purpose, 10 %
// symmetric, 10 % and 20 % to the next class, and 500 near duplicates, against the truth, which
// the audit doesn't see. Beside it, on the same data: out-of-fold self-confidence alone, neighbours
// alone, chance, and the entropy of a fitted index head. Metrics:
//   auroc_KIND_PERCENT, found_in_first_10_percent_KIND_PERCENT, each also with "_BASELINE" behind,
//   near_duplicate_precision (every pair beyond the injected ones counts against it) and
//   near_duplicate_recall
const Experiment& LabelErrorsExperiment();

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_LABEL_ERRORS_EXPERIMENT_H_
