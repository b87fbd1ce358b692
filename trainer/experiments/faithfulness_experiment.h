#ifndef PROVNET_TRAINER_EXPERIMENTS_FAITHFULNESS_EXPERIMENT_H_
#define PROVNET_TRAINER_EXPERIMENTS_FAITHFULNESS_EXPERIMENT_H_

#include "trainer/experiments/experiment.h"

namespace provnet {

// Whether the samples that are named as support really are: attribution methods, the four heads
// among them, side by side against networks that were fitted to other parts of the samples. See
// RunFaithfulnessStudy and docs/faithfulness.md. Its fits are kept in fits.jsonl, one a line.
const Experiment& FaithfulnessExperiment();

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_FAITHFULNESS_EXPERIMENT_H_
