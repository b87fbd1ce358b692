#ifndef PROVNET_TRAINER_CLI_TRAINING_FLAGS_H_
#define PROVNET_TRAINER_CLI_TRAINING_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/command_line/command_line.h"
#include "trainer/training/training_options.h"

namespace provnet {

// Abseil's names of the flags that say what network to build and how to fit it; --seed is one.
std::vector<absl::string_view> TrainingFlagNames();

// The paragraphs about them, with the heads' defaults.
std::string TrainingFlagsUsage();

// What they ask for: the head's defaults, changed where a flag was given. INVALID_ARGUMENT names a
// flag whose value is out of range, or that was given for a head that has no use for it.
absl::StatusOr<TrainingOptions> TrainingOptionsFromFlags(const CommandLine& line);

// --threads, or one thread a core.
int ThreadsFromFlags();

}  // namespace provnet

#endif  // PROVNET_TRAINER_CLI_TRAINING_FLAGS_H_
