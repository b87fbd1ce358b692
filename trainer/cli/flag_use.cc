#include "trainer/cli/flag_use.h"

#include "absl/strings/str_cat.h"

namespace provnet {

absl::Status RefuseUnusedFlags(const CommandLine& line, const std::vector<FlagUse>& uses) {
  for (const FlagUse& use : uses) {
    if (use.used || !line.flags.contains(use.flag)) continue;
    return absl::InvalidArgumentError(absl::StrCat(FlagSpelling(use.flag), " has no effect ",
                                                   use.where, ": ", use.purpose, "; leave it out"));
  }
  return absl::OkStatus();
}

}  // namespace provnet
