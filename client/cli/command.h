#ifndef PROVNET_CLIENT_CLI_COMMAND_H_
#define PROVNET_CLIENT_CLI_COMMAND_H_

#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/cli/terminal.h"
#include "client/client.h"
#include "storage/command_line/command_line.h"

namespace provnet {

// Where a command reads and writes.
struct Console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  Terminal terminal;
};

// What the program exits with.
inline constexpr int kExitOk = 0;
// Something could not be done; what could, was.
inline constexpr int kExitFailed = 1;
// The command line makes no sense; nothing was done.
inline constexpr int kExitUsage = 2;

// Two flags, by their absl names, that mean something only together, or nothing together.
struct FlagPair {
  absl::string_view flag;
  absl::string_view other;
};

// One subcommand.
struct Command {
  absl::string_view name;
  // What follows the name, e.g. "IMAGE...".
  absl::string_view arguments;
  // One line for the overview.
  absl::string_view summary;
  // Paragraphs for its own --help, with examples.
  absl::string_view details;
  // Absl names of the flags that it knows beside the common ones, in the order of its help.
  std::vector<absl::string_view> flags;
  // How many arguments it takes.
  size_t min_arguments;
  size_t max_arguments;
  // Returns the exit code. An error of INVALID_ARGUMENT about the command line exits with
  // kExitUsage, any other with kExitFailed; both are printed by the caller.
  absl::StatusOr<int> (*run)(const CommandLine& line, Console& console);
  // Those of its flags that apply with another one only, and that don't apply with another one.
  // Either would be ignored without a word, so it is refused.
  std::vector<FlagPair> needs = {};
  std::vector<FlagPair> excludes = {};
};

// The subcommands, each in a file of its own.
const Command& ExplainCommand();
const Command& ExemplarsCommand();
const Command& MembershipCommand();
const Command& ModelsCommand();
const Command& BenchCommand();

// The whole program: `args` without the program's name. Returns the exit code.
int RunProvnet(absl::Span<const std::string> args, Console& console);

// A client for --server.
absl::StatusOr<Client> Connect();

// An error about the command line rather than the work; RunProvnet knows it by its payload.
absl::Status UsageError(absl::string_view message);

// `status` in one line for people.
std::string ErrorText(const absl::Status& status);

// What to check after a call to --server ended with `status`, in one line; may be empty.
std::string HintAfter(const absl::Status& status);

// To standard output or, with --json=FILE, to that file, whole or not at all.
absl::Status EmitJson(absl::string_view json, Console& console);

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_COMMAND_H_
