#include "server/lifecycle/version_policy.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace provnet {
namespace {

// Versions that serve at a time, each with memory and threads of its own.
constexpr size_t kMostLatest = 64;

}  // namespace

absl::StatusOr<VersionPolicy> ParseVersionPolicy(absl::string_view text) {
  const absl::Status wrong = absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\" is no version policy, expected latest:N with N in 1 .. ",
                   kMostLatest, ", or specific:V,V,... with versions from 1"));
  VersionPolicy policy;
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "latest:")) {
    if (!absl::SimpleAtoi(rest, &policy.latest) || policy.latest < 1 || policy.latest > kMostLatest)
      return wrong;
    return policy;
  }
  if (!absl::ConsumePrefix(&rest, "specific:")) return wrong;
  for (const absl::string_view number : absl::StrSplit(rest, ',')) {
    uint64_t version = 0;
    if (!absl::SimpleAtoi(number, &version) || version < 1) return wrong;
    policy.specific.insert(version);
  }
  return policy;
}

}  // namespace provnet
