#include "trainer/cli/command_line.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

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

std::string CommandText(const std::vector<std::string>& typed) {
  std::string text = "provnet-train";
  for (const std::string& word : typed) absl::StrAppend(&text, " ", ShellQuoted(word));
  return text;
}

bool IsHelp(absl::string_view argument) {
  return argument == "--help" || argument == "-h" || argument == "help";
}

// A flag as it was typed.
struct TypedFlag {
  // Abseil's.
  std::string name;
  std::optional<std::string> value;
};

TypedFlag Split(absl::string_view argument) {
  argument.remove_prefix(2);
  const size_t equals = argument.find('=');
  TypedFlag typed{absl::StrReplaceAll(argument.substr(0, equals), {{"-", "_"}}), std::nullopt};
  if (equals != argument.npos) typed.value = std::string(argument.substr(equals + 1));
  return typed;
}

template <typename T>
bool Holds(const absl::CommandLineFlag& flag) {
  return flag.IsOfType<T>() || flag.IsOfType<absl::optional<T>>();
}

// What a flag takes; texts take anything.
std::string ExpectedValue(const absl::CommandLineFlag& flag) {
  if (Holds<bool>(flag)) return "true or false";
  if (Holds<double>(flag)) return "a number";
  if (Holds<absl::Duration>(flag)) return "a duration such as 90s or 10m";
  if (Holds<int>(flag)) return "a whole number";
  const bool is_short = Holds<uint32_t>(flag);
  return absl::StrCat("a whole number, 0 to ", is_short ? std::numeric_limits<uint32_t>::max()
                                                        : std::numeric_limits<uint64_t>::max());
}

absl::Status SetFlag(absl::CommandLineFlag& flag, const std::string& value) {
  std::string error;
  // To Abseil, nothing is a value of the flags that have no default, and unsets them.
  const bool is_value = !value.empty() || flag.IsOfType<std::string>();
  if (is_value && flag.ParseFrom(value, &error)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      FlagSpelling(flag.Name()), "=", value, " makes no sense: expected ", ExpectedValue(flag)));
}

// Takes the flag at typed[i]; moves on to its value where that is an argument of its own.
absl::StatusOr<std::string> TakeFlag(const std::vector<std::string>& typed, size_t& i,
                                     const std::vector<absl::string_view>& known) {
  TypedFlag flag = Split(typed[i]);
  if (std::find(known.begin(), known.end(), flag.name) == known.end()) {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown flag ", typed[i].substr(0, typed[i].find('=')), " of ", typed[0]));
  }
  absl::CommandLineFlag& found = *absl::FindCommandLineFlag(flag.name);
  if (!flag.value && found.IsOfType<bool>()) flag.value = "true";
  if (!flag.value && i + 1 < typed.size() && !absl::StartsWith(typed[i + 1], "--")) {
    flag.value = typed[++i];
  }
  if (!flag.value) {
    return absl::InvalidArgumentError(
        absl::StrCat(FlagSpelling(flag.name), " lacks its value: expected ",
                     found.IsOfType<std::string>() ? "a text" : ExpectedValue(found)));
  }
  PROVNET_RETURN_IF_ERROR(SetFlag(found, *flag.value));
  return flag.name;
}

}  // namespace

std::string FlagSpelling(absl::string_view flag) {
  return absl::StrCat("--", absl::StrReplaceAll(flag, {{"_", "-"}}));
}

absl::StatusOr<CommandLine> ParseCommandLine(const std::vector<std::string>& typed,
                                             const std::vector<absl::string_view>& known) {
  CommandLine line;
  line.text = CommandText(typed);
  for (size_t i = 1; i < typed.size(); ++i) {
    if (IsHelp(typed[i])) {
      line.help = true;
    } else if (absl::StartsWith(typed[i], "--")) {
      PROVNET_ASSIGN_OR_RETURN(std::string name, TakeFlag(typed, i, known));
      line.given.insert(std::move(name));
    } else if (absl::StartsWith(typed[i], "-")) {
      return absl::InvalidArgumentError(
          absl::StrCat("unknown flag ", typed[i], ": flags begin with two dashes"));
    } else {
      line.arguments.push_back(typed[i]);
    }
  }
  return line;
}

absl::Status RefuseUnusedFlags(const CommandLine& line, const std::vector<FlagUse>& uses) {
  for (const FlagUse& use : uses) {
    if (use.used || line.given.count(use.flag) == 0) continue;
    return absl::InvalidArgumentError(absl::StrCat(FlagSpelling(use.flag), " has no effect ",
                                                   use.where, ": ", use.purpose, "; leave it out"));
  }
  return absl::OkStatus();
}

}  // namespace provnet
