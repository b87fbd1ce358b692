#ifndef PROVNET_TRAINER_EXPERIMENTS_SUBSETS_EXPERIMENT_H_
#define PROVNET_TRAINER_EXPERIMENTS_SUBSETS_EXPERIMENT_H_

#include "trainer/experiments/experiment.h"

namespace provnet {

// Which samples to keep: networks on 10, 30, 50 and 70 % of the samples, chosen by each subset
// strategy, beside one on all of them. One fit a step.
//
// "Retained provenance" has two readings, and both are reported: the share of all training samples
// that a network can name at all, which is the subset's share; and the share of provenance that
// survives: of the five samples that the network on all data names for a test image, the mean share
// that the subset kept. Choosing well means keeping the samples that predictions rest on.
//
// Metrics: STRATEGY/PERCENT/NAME with the names of MeasuredFit and retained_top5; full/NAME. The
// quick variant takes at most 2000 samples.
const Experiment& SubsetsExperiment();

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_SUBSETS_EXPERIMENT_H_
