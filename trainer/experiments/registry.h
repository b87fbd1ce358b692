#ifndef PROVNET_TRAINER_EXPERIMENTS_REGISTRY_H_
#define PROVNET_TRAINER_EXPERIMENTS_REGISTRY_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "trainer/experiments/experiment.h"

namespace provnet {

// Every experiment, each in a file of its own. They live for ever.
std::vector<const Experiment*> Experiments();

// The one of that name, or null.
const Experiment* FindExperiment(absl::string_view name);

// E.g. "alpha, heads".
std::string ExperimentNames();

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_REGISTRY_H_
