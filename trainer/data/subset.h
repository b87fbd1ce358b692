#ifndef PROVNET_TRAINER_DATA_SUBSET_H_
#define PROVNET_TRAINER_DATA_SUBSET_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "trainer/data/dataset.h"

namespace provnet {

// Draws round(fraction * N) of the N labelled samples at random: each class in its proportion, by
// largest remainder, so less than one sample off its exact share; but at least one sample of every
// class, for which the others give way. Returns positions, ascending; the same for the same
// arguments on every platform. N < 2^32. INVALID_ARGUMENT: `fraction` outside (0, 1] or NaN, a
// label >= class_count, a class without samples, or fewer samples drawn than there are classes.
absl::StatusOr<std::vector<uint64_t>> StratifiedSubset(const std::vector<uint32_t>& labels,
                                                       uint32_t class_count, double fraction,
                                                       uint64_t seed);

// The samples at `positions`, in that order, with their classes and source ids. Every position is <
// dataset.size().
Dataset Select(const Dataset& dataset, std::span<const uint64_t> positions);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_SUBSET_H_
