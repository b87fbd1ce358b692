#ifndef PROVNET_TRAINER_EXPERIMENTS_RESULT_RECORD_H_
#define PROVNET_TRAINER_EXPERIMENTS_RESULT_RECORD_H_

#include <string>

#include "absl/time/time.h"
#include "trainer/experiments/experiment.h"
#include "trainer/experiments/machine.h"

namespace provnet {

// A finished experiment with all that it takes to judge and repeat it.
struct ResultRecord {
  std::string experiment;
  std::string summary;
  ExperimentOptions options;
  ExperimentResult result;
  Machine machine;
  absl::Time date;
  // The command line, as it would be typed again.
  std::string command;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_RESULT_RECORD_H_
