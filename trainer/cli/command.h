#ifndef PROVNET_TRAINER_CLI_COMMAND_H_
#define PROVNET_TRAINER_CLI_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

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

// What was typed, once the flags have their values.
struct CommandLine {
  // The arguments that are no flags, at most Command::max_arguments.
  std::vector<std::string> arguments;
  // The whole line, quoted for a shell, with the program's name alone in place of its path.
  std::string text;
};

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
  // Does the work with the flags' values; returns the exit code, having printed why.
  ExitCode (*run)(const CommandLine& line);
};

// The subcommands, each in a file of its own.
const Command& AuditCommand();
const Command& ExperimentCommand();
const Command& FaithfulnessCommand();
const Command& FitCommand();
const Command& WriteIdxCommand();

// The whole program: `arguments` starts with the program's name.
ExitCode RunProvnetTrain(std::vector<std::string> arguments);

// Prints `message` to standard error, and, for kExitUsage, where help is. Returns `code`.
ExitCode Fail(ExitCode code, absl::string_view message);

}  // namespace provnet

#endif  // PROVNET_TRAINER_CLI_COMMAND_H_
