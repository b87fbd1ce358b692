#ifndef PROVNET_TRAINER_CLI_COMMAND_LINE_H_
#define PROVNET_TRAINER_CLI_COMMAND_LINE_H_

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace provnet {

// What was typed, once the flags have their values.
struct CommandLine {
  // The arguments that are no flags.
  std::vector<std::string> arguments;
  // Abseil's names of the flags that were given, whatever their values.
  std::set<std::string, std::less<>> given;
  // --help, -h or help was among them.
  bool help = false;
  // The whole line, quoted for a shell, with the program's name alone in place of its path.
  std::string text;
};

// Sets the Abseil flags that `typed` names, which begins with the command's name. They are written
// --batch-size=5, --batch-size 5 or, boolean ones, --strict; '-' and '_' mean the same. Only the
// flags in `known` (Abseil's names) are known. INVALID_ARGUMENT names the flag, its value and what
// was expected.
//
// Abseil's own parser is not used because it exits by itself, with 1, and knows no '-' inside a
// name.
absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& typed,
                                             const std::vector<absl::string_view>& known);

// A flag that only some runs look at.
struct FlagUse {
  // Abseil's.
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

// As users write it: "batch_size" is "--batch-size".
std::string FlagSpelling(absl::string_view flag);

}  // namespace provnet

#endif  // PROVNET_TRAINER_CLI_COMMAND_LINE_H_
