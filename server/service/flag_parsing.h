#ifndef PROVNET_SERVER_SERVICE_FLAG_PARSING_H_
#define PROVNET_SERVER_SERVICE_FLAG_PARSING_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "storage/command_line/command_line.h"

namespace provnet {

// As ParseCommandLine, of the Abseil flags that are defined in files with `source` in their path
// (e.g. "server/"). INVALID_ARGUMENT, too, for an argument that is no flag.
absl::StatusOr<CommandLine> ParseFlags(absl::Span<const std::string> typed,
                                       absl::string_view source);

// INVALID_ARGUMENT where a duration that was given for `flag` is below zero.
absl::Status CheckNotNegative(absl::string_view flag, absl::Duration value);

// One paragraph for each flag that is defined there: spelling, default and help, sorted.
std::string FlagsHelp(absl::string_view source);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_FLAG_PARSING_H_
