#ifndef PROVNET_TRAINER_EXPERIMENTS_ROBUSTNESS_EXPERIMENT_H_
#define PROVNET_TRAINER_EXPERIMENTS_ROBUSTNESS_EXPERIMENT_H_

#include "trainer/experiments/experiment.h"

namespace provnet {

// Whether provenance makes a network more or less robust (arXiv 2510.03361, the claim that learning
// to name samples helps against corrupted inputs): class accuracy and label agreement on corrupted
// test images, and retrieval of their own sample by corrupted training images, at graded strengths
// of five corruptions. Class-conditional and embedding heads against a plain classifier: the same
// backbone trained the same way without the index loss. Three seeds, on 30 % of the samples; a step
// is one fit with its measurements.
//
// Metrics: NETWORK/CORRUPTION/STRENGTH/FIGURE/mean and .../stddev, the deviation between seeds,
// with FIGURE accuracy, label_agreement_top5, retrieval_top1 or retrieval_top5; the plain
// classifier has accuracy alone. Strength 0 is the clean image.
const Experiment& RobustnessExperiment();

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_ROBUSTNESS_EXPERIMENT_H_
