#ifndef PROVNET_TRAINER_SELECTION_SUBSET_STRATEGY_H_
#define PROVNET_TRAINER_SELECTION_SUBSET_STRATEGY_H_

#include <string_view>

#include "absl/status/statusor.h"

namespace provnet {

// How a subset of the training samples is chosen; each class gets its proportional share.
enum class SubsetStrategy {
  kRandom,      // uniformly within each class
  kHerding,     // herding.h: keeps the classes' mean features
  kKCenter,     // k_center.h: spreads over the feature space
  kEl2n,        // hardest.h by early errors
  kForgetting,  // hardest.h by forgetting events
  kCoverage,    // coverage.h: all degrees of difficulty
};

// "random", "herding", "k-center", "el2n", "forgetting", "coverage". INVALID_ARGUMENT lists them
// and names --subset-strategy.
std::string_view SubsetStrategyName(SubsetStrategy strategy);
absl::StatusOr<SubsetStrategy> ParseSubsetStrategy(std::string_view name);

}  // namespace provnet

#endif  // PROVNET_TRAINER_SELECTION_SUBSET_STRATEGY_H_
