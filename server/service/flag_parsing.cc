#include "server/service/flag_parsing.h"

#include <map>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace provnet {
namespace {

// "--max-queue" for the flag that Abseil, whose flags are variables, knows as "max_queue".
std::string Spelling(absl::string_view name) {
  return absl::StrCat("--", absl::StrReplaceAll(name, {{"_", "-"}}));
}

absl::CommandLineFlag* FindFlag(absl::string_view name, absl::string_view source) {
  absl::CommandLineFlag* flag = absl::FindCommandLineFlag(name);
  return flag != nullptr && absl::StrContains(flag->Filename(), source) ? flag : nullptr;
}

absl::Status ParseFlag(absl::string_view argument, absl::string_view source) {
  if (!absl::StartsWith(argument, "--")) {
    return absl::InvalidArgumentError(
        absl::StrCat("argument is \"", argument, "\", expected --flag=VALUE (see --help)"));
  }
  const size_t equals = argument.find('=');
  const absl::string_view spelled = argument.substr(0, equals);
  absl::CommandLineFlag* flag =
      FindFlag(absl::StrReplaceAll(spelled.substr(2), {{"-", "_"}}), source);
  if (flag == nullptr)
    return absl::InvalidArgumentError(absl::StrCat("unknown flag ", spelled, " (see --help)"));
  if (equals == absl::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat(spelled, " has no value, expected ", spelled, "=VALUE: ", flag->Help()));
  }
  const absl::string_view value = argument.substr(equals + 1);
  std::string error;
  if (flag->ParseFrom(value, &error)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(spelled, " is \"", value,
                                                 "\", expected a value like ", flag->DefaultValue(),
                                                 " (", flag->Help(), ")"));
}

}  // namespace

absl::Status ParseFlags(absl::Span<const char* const> arguments, absl::string_view source) {
  for (const char* argument : arguments) {
    if (absl::Status status = ParseFlag(argument, source); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status CheckNotNegative(absl::string_view flag, absl::Duration value) {
  if (value >= absl::ZeroDuration()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(flag, " is ", absl::FormatDuration(value), ", expected 0 or more"));
}

std::string FlagsHelp(absl::string_view source) {
  std::map<std::string, absl::CommandLineFlag*> ours;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (absl::StrContains(flag->Filename(), source)) ours[std::string(name)] = flag;
  }
  std::string help;
  for (const auto& [name, flag] : ours) {
    absl::StrAppend(&help, "  ", Spelling(name), "=", flag->DefaultValue(), "\n      ",
                    flag->Help(), "\n");
  }
  return help;
}

}  // namespace provnet
