#include "trainer/selection/subset_strategy.h"

#include <array>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace provnet {
namespace {

constexpr std::array<const char*, 6> kNames = {"random", "herding",    "k-center",
                                               "el2n",   "forgetting", "coverage"};

}  // namespace

std::string_view SubsetStrategyName(SubsetStrategy strategy) {
  return kNames[static_cast<size_t>(strategy)];
}

absl::StatusOr<SubsetStrategy> ParseSubsetStrategy(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (name == kNames[i]) return static_cast<SubsetStrategy>(i);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--subset-strategy=", absl::string_view(name.data(), name.size()),
                   " is unknown: expected one of ", absl::StrJoin(kNames, ", ")));
}

}  // namespace provnet
