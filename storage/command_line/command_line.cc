#include "storage/command_line/command_line.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

// A flag as it stands on the command line.
struct WrittenFlag {
  // Abseil's.
  std::string name;
  // With its dashes, for messages.
  std::string spelling;
  std::optional<std::string> value;
};

WrittenFlag Split(absl::string_view argument, const KnownFlags::Pairs& spellings) {
  const size_t equals = argument.find('=');
  const absl::string_view spelling = argument.substr(0, equals);
  WrittenFlag flag{absl::StrReplaceAll(spelling.substr(2), {{"-", "_"}}), std::string(spelling),
                   std::nullopt};
  if (equals != argument.npos) flag.value = std::string(argument.substr(equals + 1));
  for (const auto& [name, known_as] : spellings)
    if (flag.name == known_as) flag.name = std::string(name);
  return flag;
}

bool Contains(absl::Span<const absl::string_view> names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Finds the flag; turns --no-png into --png with the value false.
absl::StatusOr<absl::CommandLineFlag*> Find(WrittenFlag& written, const KnownFlags& known) {
  absl::string_view positive = written.name;
  if (!Contains(known.names, written.name) && absl::ConsumePrefix(&positive, "no_") &&
      !written.value.has_value() && Contains(known.names, positive) &&
      absl::FindCommandLineFlag(positive)->IsOfType<bool>()) {
    written = {std::string(positive), written.spelling, "false"};
  }
  if (!Contains(known.names, written.name))
    return absl::InvalidArgumentError(absl::StrCat("unknown flag ", written.spelling));
  return absl::FindCommandLineFlag(written.name);
}

// The value that a flag without '=' has of itself, if it needs none from the next argument.
std::optional<std::string> ImpliedValue(const absl::CommandLineFlag& flag,
                                        const KnownFlags& known) {
  if (flag.IsOfType<bool>()) return "true";
  for (const auto& [name, value] : known.alone)
    if (flag.Name() == name) return std::string(value);
  return std::nullopt;
}

template <typename T>
bool Holds(const absl::CommandLineFlag& flag) {
  return flag.IsOfType<T>() || flag.IsOfType<absl::optional<T>>();
}

std::string ExpectedValue(const absl::CommandLineFlag& flag) {
  if (Holds<std::string>(flag)) return "a text";
  if (Holds<absl::Duration>(flag)) return "a time with its unit, for example 5s or 500ms";
  if (Holds<bool>(flag)) return "true or false";
  if (Holds<double>(flag)) return "a number";
  if (Holds<int>(flag) || Holds<int64_t>(flag)) return "a whole number";
  const bool is_short = Holds<uint32_t>(flag);
  return absl::StrCat("a whole number, 0 to ", is_short ? std::numeric_limits<uint32_t>::max()
                                                        : std::numeric_limits<uint64_t>::max());
}

absl::Status Set(absl::CommandLineFlag& flag, const WrittenFlag& written) {
  const std::string& value = *written.value;
  if (value.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(written.spelling, " has an empty value; give it one, or leave the flag out"));
  }
  std::string error;
  if (flag.ParseFrom(value, &error)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      written.spelling, "=", value, " makes no sense: expected ", ExpectedValue(flag)));
}

// An argument for its command to judge rather than a flag.
bool IsNegativeNumber(absl::string_view argument) {
  double number;
  return absl::StartsWith(argument, "-") && absl::SimpleAtod(argument, &number);
}

// Takes the flag at typed[i]; moves on to its value where that is an argument of its own. Returns
// Abseil's name.
absl::StatusOr<std::string> TakeFlag(absl::Span<const std::string> typed, size_t& i,
                                     const KnownFlags& known) {
  const std::string& argument = typed[i];
  if (!absl::StartsWith(argument, "--")) {
    return absl::InvalidArgumentError(
        absl::StrCat("unknown flag ", argument, "; flags begin with two dashes"));
  }
  WrittenFlag written = Split(argument, known.spellings);
  PROVNET_ASSIGN_OR_RETURN(absl::CommandLineFlag * flag, Find(written, known));
  if (!written.value.has_value()) written.value = ImpliedValue(*flag, known);
  if (!written.value.has_value()) {
    // A flag is no value: "--html --json" would name a file "--json".
    if (++i == typed.size() || absl::StartsWith(typed[i], "--"))
      return absl::InvalidArgumentError(
          absl::StrCat(argument, " lacks its value: expected ", ExpectedValue(*flag)));
    written.value = typed[i];
  }
  PROVNET_RETURN_IF_ERROR(Set(*flag, written));
  return written.name;
}

// Whatever else is wrong.
bool AsksForHelp(absl::Span<const std::string> typed) {
  for (const std::string& argument : typed) {
    if (argument == "--") return false;
    if (argument == "--help" || argument == "-h") return true;
  }
  return false;
}

}  // namespace

std::string FlagSpelling(absl::string_view name, const KnownFlags::Pairs& spellings) {
  for (const auto& [known_name, known_as] : spellings)
    if (name == known_name) name = known_as;
  return absl::StrCat("--", absl::StrReplaceAll(name, {{"_", "-"}}));
}

absl::StatusOr<CommandLine> ParseCommandLine(absl::Span<const std::string> typed,
                                             const KnownFlags& known) {
  CommandLine line;
  line.typed.assign(typed.begin(), typed.end());
  if (AsksForHelp(typed)) {
    line.help = true;
    return line;
  }
  for (size_t i = 0; i < typed.size(); ++i) {
    const std::string& argument = typed[i];
    if (argument == "--") {
      line.arguments.insert(line.arguments.end(), typed.begin() + i + 1, typed.end());
      break;
    }
    if (!absl::StartsWith(argument, "-") || argument == "-" || IsNegativeNumber(argument)) {
      line.arguments.push_back(argument);
    } else {
      PROVNET_ASSIGN_OR_RETURN(std::string name, TakeFlag(typed, i, known));
      line.flags.insert(std::move(name));
    }
  }
  return line;
}

}  // namespace provnet
