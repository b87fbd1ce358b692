#ifndef PROVNET_TRAINER_DATA_SUBSET_MASK_H_
#define PROVNET_TRAINER_DATA_SUBSET_MASK_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace provnet {

// A subset of n samples as bytes: sample i is in it when bit i % 8 (1 the lowest) of byte i / 8 is
// set. ceil(n / 8) bytes; the bits beyond n are 0. Every position is below n.
std::string ToSubsetMask(std::span<const uint64_t> positions, uint64_t n);

// The positions, ascending. INVALID_ARGUMENT when the mask is not one of n samples.
absl::StatusOr<std::vector<uint64_t>> FromSubsetMask(std::string_view mask, uint64_t n);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_SUBSET_MASK_H_
