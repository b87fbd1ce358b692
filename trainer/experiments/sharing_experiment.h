#ifndef PROVNET_TRAINER_EXPERIMENTS_SHARING_EXPERIMENT_H_
#define PROVNET_TRAINER_EXPERIMENTS_SHARING_EXPERIMENT_H_

#include "trainer/experiments/experiment.h"

namespace provnet {

// What it costs that class and index branch share their backbone (arXiv 2510.03361, the comparison
// of sharing levels): accuracy, retrieval, parameters and time with nothing (I), one block (II),
// two (III) or the whole backbone (IV) shared, for class-conditional and embedding heads. One fit a
// step, on 30 % of the samples.
//
// Metrics: HEAD/LEVEL/NAME with the names of MeasuredFit.
const Experiment& SharingExperiment();

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_SHARING_EXPERIMENT_H_
