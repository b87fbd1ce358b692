#include "client/cli/input_spec.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/cli/command.h"

namespace provnet {
namespace {

absl::Status BadIdx(absl::string_view argument, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", argument, "\": ", why, "; expected idx:FILE, idx:FILE#FIRST or idx:FILE#FIRST:COUNT"));
}

// Digits only: SimpleAtoi would take " +7" as well.
bool ParseNumber(absl::string_view text, uint64_t& number) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit) &&
         absl::SimpleAtoi(text, &number);
}

}  // namespace

absl::StatusOr<InputSpec> ParseInputSpec(absl::string_view argument) {
  InputSpec spec;
  if (argument.empty()) {
    return absl::InvalidArgumentError(
        "an IMAGE is empty; expected a file, a folder, \"-\" or idx:FILE");
  }
  if (argument == "-") {
    spec.kind = InputSpec::Kind::kStandardInput;
    return spec;
  }
  absl::string_view rest = argument;
  if (!absl::ConsumePrefix(&rest, "idx:")) {
    spec.path = std::string(argument);
    return spec;
  }
  spec.kind = InputSpec::Kind::kIdx;
  const size_t hash = rest.rfind('#');
  spec.path = std::string(rest.substr(0, hash));
  if (spec.path.empty()) return BadIdx(argument, "no file is named");
  if (hash == rest.npos) return spec;

  const absl::string_view range = rest.substr(hash + 1);
  const size_t colon = range.find(':');
  if (!ParseNumber(range.substr(0, colon), spec.first))
    return BadIdx(argument, "FIRST is not a number");
  uint64_t count = 1;
  if (colon != range.npos && !ParseNumber(range.substr(colon + 1), count)) {
    return BadIdx(argument, "COUNT is not a number");
  }
  if (count == 0) return BadIdx(argument, "COUNT is 0");
  spec.count = count;
  return spec;
}

absl::StatusOr<std::vector<InputSpec>> ParseInputSpecs(const std::vector<std::string>& arguments) {
  std::vector<InputSpec> specs;
  for (const std::string& argument : arguments) {
    absl::StatusOr<InputSpec> spec = ParseInputSpec(argument);
    if (!spec.ok()) return UsageError(spec.status().message());
    specs.push_back(*std::move(spec));
  }
  return specs;
}

}  // namespace provnet
