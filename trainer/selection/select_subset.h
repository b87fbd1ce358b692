#ifndef PROVNET_TRAINER_SELECTION_SELECT_SUBSET_H_
#define PROVNET_TRAINER_SELECTION_SELECT_SUBSET_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "trainer/data/dataset.h"
#include "trainer/selection/classifier_scores.h"
#include "trainer/selection/subset_strategy.h"

namespace provnet {

// What a strategy goes by. Computed once, it serves every fraction.
struct SelectionScores {
  // Herding and k-center: [N, D].
  FloatMatrix features;
  // EL2N, forgetting and coverage: a number a sample.
  std::vector<float> difficulty;
};

// Fits what `strategy` needs; nothing for random.
absl::StatusOr<SelectionScores> ScoreSamples(SubsetStrategy strategy, const Dataset& data,
                                             const ScoringOptions& options,
                                             const ScoringContext& context);

// Chooses round(fraction * N) of the samples, shared out over the classes by ShareOutByClass, each
// class by itself; positions, ascending. Draws from `seed` where the strategy draws. Errors as
// StratifiedSubset's.
absl::StatusOr<std::vector<uint64_t>> ChooseSubset(SubsetStrategy strategy, const Dataset& data,
                                                   const SelectionScores& scores, double fraction,
                                                   uint64_t seed);

}  // namespace provnet

#endif  // PROVNET_TRAINER_SELECTION_SELECT_SUBSET_H_
