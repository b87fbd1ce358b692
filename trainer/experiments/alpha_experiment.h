#ifndef PROVNET_TRAINER_EXPERIMENTS_ALPHA_EXPERIMENT_H_
#define PROVNET_TRAINER_EXPERIMENTS_ALPHA_EXPERIMENT_H_

#include "trainer/experiments/experiment.h"

namespace provnet {

// From memorising to generalising (arXiv 2510.03361, the single-branch network's label mixing): the
// class accuracy and the retrieval of a single-branch network whose target is, with probability
// alpha, another sample of the same class. One fit a step, on 30 % of the samples.
//
// Metrics: ALPHA/NAME with the names of MeasuredFit.
const Experiment& AlphaExperiment();

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_ALPHA_EXPERIMENT_H_
