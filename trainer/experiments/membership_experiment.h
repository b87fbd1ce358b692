#ifndef PROVNET_TRAINER_EXPERIMENTS_MEMBERSHIP_EXPERIMENT_H_
#define PROVNET_TRAINER_EXPERIMENTS_MEMBERSHIP_EXPERIMENT_H_

#include "trainer/experiments/experiment.h"

namespace provnet {

// How well the index head's membership answers are: one fit of the class-conditional and one of the
// embedding head on 30 % of the training images, judged on images of the same data set that neither
// training nor calibration saw. Statistics against each other and against what needs no index head
// (class confidence, pixel distance, digest), on members as they were trained on, shifted by a
// pixel and with light noise; and whether the rates that callers name hold. One head a step.
//
// Metrics, for the embedding head, the better of the two, as they stand and for the
// class-conditional one with the prefix "class_conditional_": auc, tpr_at_fpr_0_001 and
// tpr_at_fpr_0_01 of the statistic that bundles of that head use; shifted_ and noisy_ with the same
// names; fpr_at_nominal_RATE with _lower and _upper, tpr_at_nominal_RATE;
// nominal_rates_within_bands (1 or 0).
const Experiment& MembershipExperiment();

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_MEMBERSHIP_EXPERIMENT_H_
