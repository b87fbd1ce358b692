#ifndef PROVNET_TRAINER_EXPERIMENTS_IMAGES_EXPERIMENT_H_
#define PROVNET_TRAINER_EXPERIMENTS_IMAGES_EXPERIMENT_H_

#include "trainer/experiments/experiment.h"

namespace provnet {

// What naming samples costs on photographs: the provenance network (class-conditional head, medium
// backbone) on at most 10,000 samples beside a plain classifier, which is the same network with the
// same views, order and epochs, but without index loss (lambda_index = 0). One fit a step. Takes
// any data set; meant for images:PATH, e.g. CIFAR-10.
//
// Metrics: "provenance/NAME" with the names of MeasuredFit; "plain/test_accuracy",
// "plain/train_seconds"; "accuracy_cost", the plain classifier's accuracy less the network's.
// Where enough images are left over: "auc", how well the index head's entropy tells trained images
// from others, and "plain/auc", how well the plain classifier's confidence does.
const Experiment& ImagesExperiment();

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_IMAGES_EXPERIMENT_H_
