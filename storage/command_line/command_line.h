#ifndef PROVNET_STORAGE_COMMAND_LINE_COMMAND_LINE_H_
#define PROVNET_STORAGE_COMMAND_LINE_COMMAND_LINE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace provnet {

// A command line, once its flags have their values.
struct CommandLine {
  // All of it, as it was typed.
  std::vector<std::string> typed;
  // What is no flag, in order; everything after "--" as well.
  std::vector<std::string> arguments;
  // Abseil's names of the flags that were given, whatever their values.
  absl::flat_hash_set<std::string> flags;
  // --help or -h was among them; then nothing else was looked at.
  bool help = false;
};

// The Abseil flags that a command line may name.
struct KnownFlags {
  using Pairs = std::vector<std::pair<absl::string_view, absl::string_view>>;

  // Abseil's names.
  std::vector<absl::string_view> names;
  // What users call some of them: {"model_version", "version"}.
  Pairs spellings = {};
  // Texts that have a value where they stand alone, and which: {"json", "-"}. Another is given
  // behind '=' only.
  Pairs alone = {};
};

// Sets the flags that `typed` names and returns the rest. They are written --top-k=5, --top-k 5 or,
// boolean ones, --png and --no-png; '-' and '_' mean the same. No value is empty: a script whose
// variable is not set means something else. INVALID_ARGUMENT names the flag as it was written, what
// is wrong with it and what was expected.
//
// Abseil's own parser is not used because it exits by itself, with 1, knows no '-' inside a name,
// takes the flags of the libraries that a program links, and claims --version.
absl::StatusOr<CommandLine> ParseCommandLine(absl::Span<const std::string> typed,
                                             const KnownFlags& known);

// As users write it: "top_k" is "--top-k", but for what `spellings` says.
std::string FlagSpelling(absl::string_view name, const KnownFlags::Pairs& spellings = {});

}  // namespace provnet

#endif  // PROVNET_STORAGE_COMMAND_LINE_COMMAND_LINE_H_
