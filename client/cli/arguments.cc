#include "client/cli/arguments.h"

#include <algorithm>
#include <optional>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

// The model's version; absl keeps the plain name for itself in programs that link its parser.
constexpr absl::string_view kVersionFlag = "model_version";

// A flag as it stands on the command line.
struct WrittenFlag {
  std::string name;
  std::optional<std::string> value;
};

WrittenFlag Split(absl::string_view argument) {
  argument.remove_prefix(2);
  const size_t equals = argument.find('=');
  WrittenFlag flag{absl::StrReplaceAll(argument.substr(0, equals), {{"-", "_"}}), std::nullopt};
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
  const std::string spelling = FlagSpelling(written.name);
  absl::string_view positive = written.name;
  if (!Contains(allowed, written.name) && absl::ConsumePrefix(&positive, "no_") &&
      !written.value.has_value() && Contains(allowed, positive) &&
      absl::FindCommandLineFlag(positive)->IsOfType<bool>()) {
    written = {std::string(positive), "false"};
  }
  absl::CommandLineFlag* flag =
      Contains(allowed, written.name) ? absl::FindCommandLineFlag(written.name) : nullptr;
  if (flag == nullptr) return absl::InvalidArgumentError(absl::StrCat("unknown flag ", spelling));
  return flag;
}

// The value that a flag without '=' has of itself, if it needs none from the next argument.
std::optional<std::string> ImpliedValue(const absl::CommandLineFlag& flag) {
  if (flag.IsOfType<bool>()) return "true";
  if (flag.Name() == "json") return "-";
  return std::nullopt;
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
    if (!absl::StartsWith(argument, "-") || argument == "-") {
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
      if (++i == args.size())
        return absl::InvalidArgumentError(absl::StrCat(argument, " lacks its value"));
      written.value = args[i];
    }
    std::string error;
    if (!flag->ParseFrom(*written.value, &error)) {
      return absl::InvalidArgumentError(absl::StrCat(FlagSpelling(written.name), "=",
                                                     *written.value, " can't be read",
                                                     error.empty() ? "" : ": ", error));
    }
  }
  return parsed;
}

}  // namespace provnet
