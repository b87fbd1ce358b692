#ifndef PROVNET_TRAINER_AUDIT_GROUPED_FOLDS_H_
#define PROVNET_TRAINER_AUDIT_GROUPED_FOLDS_H_

#include <cstdint>
#include <span>
#include <vector>

namespace provnet {

// The fold, 0 .. folds-1, of each sample, at random: groups stay together, so that no model is
// judged on a sample whose duplicate it saw, and each class is spread over the folds as evenly as
// groups allow (the larger groups are dealt first, each to the fold that has the fewest of its
// class). Samples outside `groups` are groups of one. The same for the same arguments everywhere.
std::vector<uint32_t> GroupedFolds(std::span<const uint32_t> labels,
                                   std::span<const std::vector<uint64_t>> groups, uint32_t folds,
                                   uint64_t seed);

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_GROUPED_FOLDS_H_
