#ifndef PROVNET_TRAINER_CLI_COMMAND_H_
#define PROVNET_TRAINER_CLI_COMMAND_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/command_line/command_line.h"

namespace provnet {

// What the program exits with.
enum ExitCode {
  kExitOk = 0,
  kExitFailed = 1,
  // The command line makes no sense; nothing was done.
  kExitUsage = 2,
  // Ctrl-C: what was finished is kept, and the command says how to go on.
  kExitStopped = 130,
};

// Every flag's help text as Abseil sees it: each command's usage documents its flags in one piece.
inline constexpr char kSeeUsage[] = "see provnet-train COMMAND --help";

// What a command line asks for: does it, and returns the exit code, having printed why.
using Work = std::function<ExitCode()>;

// One subcommand.
struct Command {
  absl::string_view name;
  // One line for the overview.
  absl::string_view summary;
  // The text of its own --help.
  std::string (*usage)();
  // Abseil's names of the flags that it takes.
  std::vector<absl::string_view> flags;
  // Arguments that it takes beside them.
  size_t max_arguments = 0;
  // Reads and checks the flags, and does nothing yet. INVALID_ARGUMENT, kExitUsage, is what is
  // wrong on any machine: it names the flag, its value and what was expected. Other errors, and
  // those of the work, are kExitFailed: a device, a file, a data set is not as the flags need it.
  absl::StatusOr<Work> (*read)(const CommandLine& line);
};

// The subcommands, each in a file of its own.
const Command& AuditCommand();
const Command& ExperimentCommand();
const Command& FaithfulnessCommand();
const Command& FitCommand();
const Command& WriteIdxCommand();

// The whole program: `arguments` starts with the program's name.
ExitCode RunProvnetTrain(const std::vector<std::string>& arguments);

// Prints to standard error why the work failed. Returns kExitFailed.
ExitCode Fail(absl::string_view message);

}  // namespace provnet

#endif  // PROVNET_TRAINER_CLI_COMMAND_H_
