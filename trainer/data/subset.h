#ifndef PROVNET_TRAINER_DATA_SUBSET_H_
#define PROVNET_TRAINER_DATA_SUBSET_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "trainer/data/dataset.h"

namespace provnet {

// A class's samples, by ascending position, and how many of them a subset takes.
struct ClassShare {
  std::vector<uint64_t> positions;
  uint64_t count = 0;
};

// Shares out round(fraction * N) of the N labelled samples over the classes: each class in its
// proportion, by largest remainder, so less than one sample off its exact share; but at least one
// sample of every class, for which the others give way. By class id. Errors as StratifiedSubset's.
absl::StatusOr<std::vector<ClassShare>> ShareOutByClass(const std::vector<uint32_t>& labels,
                                                        uint32_t class_count, double fraction);

// Draws round(fraction * N) of the N labelled samples at random, shared out by ShareOutByClass.
// Returns positions, ascending; the same for the same arguments on every platform. N < 2^32.
// INVALID_ARGUMENT: `fraction` outside (0, 1] or NaN, a label >= class_count, a class without
// samples, or fewer samples drawn than there are classes.
absl::StatusOr<std::vector<uint64_t>> StratifiedSubset(const std::vector<uint32_t>& labels,
                                                       uint32_t class_count, double fraction,
                                                       uint64_t seed);

// Whether a network can be trained on the samples at `positions`: INVALID_ARGUMENT names a class of
// which a single sample is left, where `dataset` has more. With one candidate there is nothing to
// attribute within a class.
absl::Status CheckSubset(const Dataset& dataset, std::span<const uint64_t> positions);

// The samples at `positions`, in that order, with their classes, source ids and encoded files.
// Every position is < dataset.size().
Dataset Select(const Dataset& dataset, std::span<const uint64_t> positions);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_SUBSET_H_
