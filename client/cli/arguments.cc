#include "client/cli/arguments.h"

#include <algorithm>
#include <optional>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

// The model's version; absl keeps the plain name for itself in programs that link its parser.
constexpr absl::string_view kVersionFlag = "model_version";

// A flag as it stands on the command line.
struct WrittenFlag {
  // As absl knows it.
  std::string name;
  // With its dashes, for messages.
  std::string spelling;
  std::optional<std::string> value;
};

WrittenFlag Split(absl::string_view argument) {
  const size_t equals = argument.find('=');
  const absl::string_view spelling = argument.substr(0, equals);
  WrittenFlag flag{absl::StrReplaceAll(spelling.substr(2), {{"-", "_"}}), std::string(spelling),
                   std::nullopt};
  if (equals != argument.npos) flag.value = std::string(argument.substr(equals + 1));
  if (flag.name == "version") flag.name = std::string(kVersionFlag);
  return flag;
}

bool Contains(absl::Span<const absl::string_view> names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Finds the flag; turns --no-png into --png with the value false.
absl::StatusOr<absl::CommandLineFlag*> Find(WrittenFlag& written,
                                            absl::Span<const absl::string_view> allowed) {
  absl::string_view positive = written.name;
  if (!Contains(allowed, written.name) && absl::ConsumePrefix(&positive, "no_") &&
      !written.value.has_value() && Contains(allowed, positive) &&
      absl::FindCommandLineFlag(positive)->IsOfType<bool>()) {
    written = {std::string(positive), written.spelling, "false"};
  }
  absl::CommandLineFlag* flag =
      Contains(allowed, written.name) ? absl::FindCommandLineFlag(written.name) : nullptr;
  if (flag == nullptr)
    return absl::InvalidArgumentError(absl::StrCat("unknown flag ", written.spelling));
  return flag;
}

// The value that a flag without '=' has of itself, if it needs none from the next argument.
std::optional<std::string> ImpliedValue(const absl::CommandLineFlag& flag) {
  if (flag.IsOfType<bool>()) return "true";
  if (flag.Name() == "json") return "-";
  return std::nullopt;
}

// What a value of the flag looks like, as the end of an error.
absl::string_view Expected(const absl::CommandLineFlag& flag) {
  if (flag.IsOfType<std::string>()) return "";
  if (flag.IsOfType<absl::Duration>())
    return "; expected a time with its unit, for example 5s or 500ms";
  if (flag.IsOfType<bool>()) return "; expected true or false";
  if (flag.IsOfType<double>()) return "; expected a number";
  if (flag.IsOfType<uint64_t>()) return "; expected a whole number from 0 on";
  return "; expected a whole number, 0 .. 4294967295";
}

absl::Status Set(absl::CommandLineFlag& flag, const WrittenFlag& written) {
  const std::string& value = *written.value;
  if (value.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(written.spelling, " has an empty value; give it one, or leave the flag out"));
  }
  std::string error;
  if (flag.ParseFrom(value, &error)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(written.spelling, "=", value, " can't be read", Expected(flag)));
}

// An argument for its command to judge rather than a flag.
bool IsNegativeNumber(absl::string_view argument) {
  double number;
  return absl::StartsWith(argument, "-") && absl::SimpleAtod(argument, &number);
}

}  // namespace

std::string FlagSpelling(absl::string_view absl_name) {
  if (absl_name == kVersionFlag) return "--version";
  return absl::StrCat("--", absl::StrReplaceAll(absl_name, {{"_", "-"}}));
}

absl::StatusOr<Arguments> ParseArguments(absl::Span<const std::string> args,
                                         absl::Span<const absl::string_view> allowed) {
  Arguments parsed;
  for (size_t i = 0; i < args.size(); ++i) {
    const std::string& argument = args[i];
    if (argument == "--") {
      parsed.positional.insert(parsed.positional.end(), args.begin() + i + 1, args.end());
      break;
    }
    if (argument == "--help" || argument == "-h") {
      parsed.help = true;
      continue;
    }
    if (!absl::StartsWith(argument, "-") || argument == "-" || IsNegativeNumber(argument)) {
      parsed.positional.push_back(argument);
      continue;
    }
    if (!absl::StartsWith(argument, "--")) {
      return absl::InvalidArgumentError(
          absl::StrCat("unknown flag ", argument, "; flags begin with two dashes"));
    }
    WrittenFlag written = Split(argument);
    PROVNET_ASSIGN_OR_RETURN(absl::CommandLineFlag * flag, Find(written, allowed));
    if (!written.value.has_value()) written.value = ImpliedValue(*flag);
    if (!written.value.has_value()) {
      // A flag is no value: "--html --json" would name a file "--json".
      if (++i == args.size() || absl::StartsWith(args[i], "--"))
        return absl::InvalidArgumentError(
            absl::StrCat(argument, " lacks its value", Expected(*flag)));
      written.value = args[i];
    }
    PROVNET_RETURN_IF_ERROR(Set(*flag, written));
    parsed.flags.insert(written.name);
  }
  return parsed;
}

}  // namespace provnet
