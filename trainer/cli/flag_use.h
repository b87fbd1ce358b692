#ifndef PROVNET_TRAINER_CLI_FLAG_USE_H_
#define PROVNET_TRAINER_CLI_FLAG_USE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "storage/command_line/command_line.h"

namespace provnet {

// A flag that only some runs look at.
struct FlagUse {
  // Abseil's name.
  absl::string_view flag;
  // Whether this run does.
  bool used = false;
  // What makes this run one that doesn't, such as "with --head=embedding".
  std::string where;
  // What the flag is for, such as "it is for the other heads".
  absl::string_view purpose;
};

// INVALID_ARGUMENT for the first of `uses` that was given and isn't used: what would be ignored was
// meant to matter.
absl::Status RefuseUnusedFlags(const CommandLine& line, const std::vector<FlagUse>& uses);

}  // namespace provnet

#endif  // PROVNET_TRAINER_CLI_FLAG_USE_H_
