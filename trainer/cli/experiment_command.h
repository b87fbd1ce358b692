#ifndef PROVNET_TRAINER_CLI_EXPERIMENT_COMMAND_H_
#define PROVNET_TRAINER_CLI_EXPERIMENT_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "trainer/cli/command.h"
#include "trainer/experiments/experiment.h"

namespace provnet {

// What commands that run one experiment share: the text about their flags and what follows, the
// flags' names, and the run itself, which writes the results, see Command::read; `command` is the
// command's name.
std::string ExperimentFlagsUsage();
std::vector<absl::string_view> ExperimentFlagNames();
absl::StatusOr<Work> ReadExperiment(const Experiment& experiment, absl::string_view command,
                                    const CommandLine& line);

}  // namespace provnet

#endif  // PROVNET_TRAINER_CLI_EXPERIMENT_COMMAND_H_
