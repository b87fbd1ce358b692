#include "trainer/selection/select_subset.h"

#include <algorithm>

#include "storage/base/status_macros.h"
#include "trainer/data/random.h"
#include "trainer/data/subset.h"
#include "trainer/selection/coverage.h"
#include "trainer/selection/hardest.h"
#include "trainer/selection/herding.h"
#include "trainer/selection/k_center.h"

namespace provnet {
namespace {

constexpr uint64_t kChoiceStream = 0xc4012e;

std::vector<uint64_t> ChooseInClass(SubsetStrategy strategy, const SelectionScores& scores,
                                    const ClassShare& share, uint64_t seed) {
  switch (strategy) {
    case SubsetStrategy::kHerding:
      return Herd(scores.features, share.positions, share.count);
    case SubsetStrategy::kKCenter:
      return GreedyKCenters(scores.features, share.positions, share.count,
                            Rng(seed).Below(share.positions.size()));
    case SubsetStrategy::kCoverage:
      return CoverDifficulty(scores.difficulty, share.positions, share.count, seed);
    case SubsetStrategy::kEl2n:
    case SubsetStrategy::kForgetting:
    case SubsetStrategy::kRandom:
      break;
  }
  return Hardest(scores.difficulty, share.positions, share.count, seed);
}

}  // namespace

absl::StatusOr<SelectionScores> ScoreSamples(SubsetStrategy strategy, const Dataset& data,
                                             const ScoringOptions& options,
                                             const ScoringContext& context) {
  SelectionScores scores;
  switch (strategy) {
    case SubsetStrategy::kRandom:
      break;
    case SubsetStrategy::kHerding:
    case SubsetStrategy::kKCenter: {
      PROVNET_ASSIGN_OR_RETURN(scores.features, ClassifierFeatures(data, options, context));
      break;
    }
    case SubsetStrategy::kEl2n:
    case SubsetStrategy::kCoverage: {
      PROVNET_ASSIGN_OR_RETURN(scores.difficulty, El2nScores(data, options, context));
      break;
    }
    case SubsetStrategy::kForgetting: {
      PROVNET_ASSIGN_OR_RETURN(scores.difficulty, ForgettingScores(data, options, context));
      break;
    }
  }
  return scores;
}

absl::StatusOr<std::vector<uint64_t>> ChooseSubset(SubsetStrategy strategy, const Dataset& data,
                                                   const SelectionScores& scores, double fraction,
                                                   uint64_t seed) {
  const auto class_count = static_cast<uint32_t>(data.class_names.size());
  if (strategy == SubsetStrategy::kRandom) {
    return StratifiedSubset(data.labels, class_count, fraction, seed);
  }
  PROVNET_ASSIGN_OR_RETURN(const auto classes, ShareOutByClass(data.labels, class_count, fraction));
  std::vector<uint64_t> chosen;
  for (size_t c = 0; c < classes.size(); ++c) {
    const std::vector<uint64_t> picks =
        ChooseInClass(strategy, scores, classes[c], MixSeed(MixSeed(seed, kChoiceStream), c));
    chosen.insert(chosen.end(), picks.begin(), picks.end());
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace provnet
