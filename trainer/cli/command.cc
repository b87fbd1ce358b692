#include "trainer/cli/command.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "storage/base/status_macros.h"
#include "storage/base/version.h"

namespace provnet {
namespace {

std::vector<const Command*> Commands() {
  return {&FitCommand(), &AuditCommand(), &ExperimentCommand(), &FaithfulnessCommand(),
          &WriteIdxCommand()};
}

std::string Overview() {
  std::string text =
      "provnet-train: trains provenance networks, classifiers that name the training samples "
      "behind "
      "each prediction.\n\nusage: provnet-train COMMAND [--FLAG=VALUE...]\n\n";
  for (const Command* command : Commands()) {
    absl::StrAppendFormat(&text, "  %-14s%s\n", command->name, command->summary);
  }
  return absl::StrCat(text,
                      "\n'provnet-train COMMAND --help' explains a command, 'provnet-train "
                      "--version' names this version.\n");
}

const Command* FindCommand(absl::string_view name) {
  for (const Command* command : Commands()) {
    if (command->name == name) return command;
  }
  return nullptr;
}

std::string CommandNames() {
  return absl::StrJoin(Commands(), ", ", [](std::string* out, const Command* command) {
    absl::StrAppend(out, command->name);
  });
}

ExitCode WrongUsage(absl::string_view message, absl::string_view help) {
  std::cerr << "provnet-train: " << message << "\nTry '" << help << "'.\n";
  return kExitUsage;
}

// The work that `typed`, what follows the command's name, asks for.
absl::StatusOr<Work> ReadWork(const Command& command, absl::Span<const std::string> typed) {
  PROVNET_ASSIGN_OR_RETURN(const CommandLine line, ParseCommandLine(typed, {command.flags}));
  if (line.help || line.arguments == std::vector<std::string>{"help"}) {
    return [&command] {
      std::cout << command.usage();
      return kExitOk;
    };
  }
  if (line.arguments.size() > command.max_arguments) {
    return absl::InvalidArgumentError(
        absl::StrCat("unexpected argument ", line.arguments[command.max_arguments]));
  }
  return command.read(line);
}

}  // namespace

ExitCode Fail(absl::string_view message) {
  std::cerr << "provnet-train: " << message << "\n";
  return kExitFailed;
}

ExitCode RunProvnetTrain(const std::vector<std::string>& arguments) {
  constexpr char kHelp[] = "provnet-train --help";
  if (arguments.size() < 2) {
    return WrongUsage(absl::StrCat("no command; expected one of ", CommandNames()), kHelp);
  }
  const std::string& name = arguments[1];
  if (name == "--help" || name == "-h" || name == "help") {
    std::cout << Overview();
    return kExitOk;
  }
  if (name == "--version") {
    std::cout << "provnet-train " << kVersion << "\n";
    return kExitOk;
  }
  const Command* command = FindCommand(name);
  if (command == nullptr) {
    return WrongUsage(absl::StrCat("unknown command ", name, "; expected one of ", CommandNames()),
                      kHelp);
  }
  const absl::StatusOr<Work> work = ReadWork(*command, absl::MakeConstSpan(arguments).subspan(2));
  if (work.ok()) return (*work)();
  if (!absl::IsInvalidArgument(work.status())) return Fail(work.status().message());
  return WrongUsage(work.status().message(), absl::StrCat("provnet-train ", name, " --help"));
}

}  // namespace provnet
