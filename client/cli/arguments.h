#ifndef PROVNET_CLIENT_CLI_ARGUMENTS_H_
#define PROVNET_CLIENT_CLI_ARGUMENTS_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace provnet {

struct Arguments {
  // What is no flag, in order; everything after "--" as well.
  std::vector<std::string> positional;
  // The absl names of the flags that were set, each once.
  absl::flat_hash_set<std::string> flags;
  // --help or -h was among them.
  bool help = false;
};

// Sets the absl flags that `args` name and returns the rest. Flags are written --top-k=5, --top-k 5
// or, boolean ones,
// --png and --no-png; '-' and '_' mean the same. --json takes a value only after '='; alone it
// means standard output. Only the flags in `allowed` (absl names) are known. Text can't be empty: a
// script whose variable is not set means something else. INVALID_ARGUMENT names the flag as it was
// written, what is wrong with it and what was expected.
//
// Abseil's own parser is not used because it exits by itself, with 1, knows no '-' inside a name,
// and claims --version.
absl::StatusOr<Arguments> ParseArguments(absl::Span<const std::string> args,
                                         absl::Span<const absl::string_view> allowed);

// As users write it: "top_k" is "--top-k".
std::string FlagSpelling(absl::string_view absl_name);

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_ARGUMENTS_H_
