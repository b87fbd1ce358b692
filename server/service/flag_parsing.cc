#include "server/service/flag_parsing.h"

#include <map>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

// Those that are defined in the folder, by name.
std::map<std::string, absl::CommandLineFlag*> FlagsOf(absl::string_view source) {
  std::map<std::string, absl::CommandLineFlag*> flags;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (absl::StrContains(flag->Filename(), source)) flags[std::string(name)] = flag;
  }
  return flags;
}

}  // namespace

absl::StatusOr<CommandLine> ParseFlags(absl::Span<const std::string> typed,
                                       absl::string_view source) {
  const auto flags = FlagsOf(source);
  KnownFlags known;
  for (const auto& [name, flag] : flags) known.names.push_back(name);
  PROVNET_ASSIGN_OR_RETURN(CommandLine line, ParseCommandLine(typed, known));
  if (line.arguments.empty()) return line;
  return absl::InvalidArgumentError(
      absl::StrCat("argument is \"", line.arguments.front(), "\", expected --flag=VALUE"));
}

absl::Status CheckNotNegative(absl::string_view flag, absl::Duration value) {
  if (value >= absl::ZeroDuration()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(flag, " is ", absl::FormatDuration(value), ", expected 0 or more"));
}

std::string FlagsHelp(absl::string_view source) {
  std::string help;
  for (const auto& [name, flag] : FlagsOf(source)) {
    absl::StrAppend(&help, "  ", FlagSpelling(name), "=", flag->DefaultValue(), "\n      ",
                    flag->Help(), "\n");
  }
  return help;
}

}  // namespace provnet
