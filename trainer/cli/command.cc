#include "trainer/cli/command.h"

#include <algorithm>
#include <iostream>

#include "absl/flags/parse.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

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
  return absl::StrCat(text, "\n'provnet-train COMMAND --help' explains a command.\n");
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

bool IsHelp(absl::string_view argument) {
  return argument == "--help" || argument == "-h" || argument == "help";
}

// Spells --batch-size the way Abseil knows it, --batch_size. INVALID_ARGUMENT for a flag that the
// command does not take.
absl::Status NormalizeFlag(const Command& command, std::string& argument) {
  if (argument.rfind("--", 0) != 0) return absl::OkStatus();
  const std::string given = argument.substr(0, argument.find('='));
  std::replace(argument.begin() + 2, argument.begin() + static_cast<std::ptrdiff_t>(given.size()),
               '-', '_');
  const std::string name = argument.substr(2, given.size() - 2);
  if (std::find(command.flags.begin(), command.flags.end(), name) != command.flags.end()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("unknown flag ", given, " of ", command.name));
}

// In single quotes where a shell would see more than a word.
std::string ShellQuoted(absl::string_view word) {
  constexpr absl::string_view kPlainMarks = "-_=./:,+@%";
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           kPlainMarks.find(c) != absl::string_view::npos;
  });
  if (plain) return std::string(word);
  return absl::StrCat("'", absl::StrReplaceAll(word, {{"'", R"('\'')"}}), "'");
}

std::string CommandText(const std::vector<std::string>& arguments) {
  std::string text = "provnet-train";
  for (size_t i = 1; i < arguments.size(); ++i) {
    absl::StrAppend(&text, " ", ShellQuoted(arguments[i]));
  }
  return text;
}

}  // namespace

ExitCode Fail(ExitCode code, absl::string_view message) {
  std::cerr << "provnet-train: " << message << "\n";
  if (code == kExitUsage) std::cerr << "Try 'provnet-train --help'.\n";
  return code;
}

ExitCode RunProvnetTrain(std::vector<std::string> arguments) {
  if (arguments.size() < 2) {
    return Fail(kExitUsage, absl::StrCat("no command; expected one of ", CommandNames()));
  }
  if (IsHelp(arguments[1])) {
    std::cout << Overview();
    return kExitOk;
  }
  const Command* command = FindCommand(arguments[1]);
  if (command == nullptr) {
    return Fail(kExitUsage, absl::StrCat("unknown command ", arguments[1], "; expected one of ",
                                         CommandNames()));
  }
  CommandLine line{.arguments = {}, .text = CommandText(arguments)};
  arguments.erase(arguments.begin() + 1);
  if (std::any_of(arguments.begin() + 1, arguments.end(), IsHelp)) {
    std::cout << command->usage();
    return kExitOk;
  }
  std::vector<char*> argv;
  for (std::string& argument : arguments) {
    const absl::Status status = NormalizeFlag(*command, argument);
    if (!status.ok()) return Fail(kExitUsage, status.message());
    argv.push_back(argument.data());
  }
  const std::vector<char*> left =
      absl::ParseCommandLine(static_cast<int>(argv.size()), argv.data());
  line.arguments.assign(left.begin() + 1, left.end());
  if (line.arguments.size() > command->max_arguments) {
    return Fail(kExitUsage,
                absl::StrCat("unexpected argument ", line.arguments[command->max_arguments]));
  }
  return command->run(line);
}

}  // namespace provnet
