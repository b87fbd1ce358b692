#ifndef PROVNET_TRAINER_EXPERIMENTS_HEADS_EXPERIMENT_H_
#define PROVNET_TRAINER_EXPERIMENTS_HEADS_EXPERIMENT_H_

#include "trainer/experiments/experiment.h"

namespace provnet {

// What each index head costs and finds as the training set grows (arXiv 2510.03361, the comparison
// of its variants on MNIST): class accuracy, retrieval, parameters, time and memory of all four
// heads on 30, 50, 70 and 100 % of the samples. One fit a step.
//
// Metrics: HEAD/PERCENT/NAME with the names of MeasuredFit.
const Experiment& HeadsExperiment();

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_HEADS_EXPERIMENT_H_
