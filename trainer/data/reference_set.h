#ifndef PROVNET_TRAINER_DATA_REFERENCE_SET_H_
#define PROVNET_TRAINER_DATA_REFERENCE_SET_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "trainer/data/dataset.h"

namespace provnet {

// Records that a network is not trained on, so that the scores of others can be compared with
// theirs: what they are drawn from.
struct ReferenceSource {
  enum class Kind {
    // No reference set.
    kNone,
    // What the training subset leaves over: up to kMostReferenceRecords, where there are at least
    // kLeastLeftOver.
    kLeftOver,
    // `count` training samples that are held out before the subset is drawn.
    kHeldOut,
  };
  Kind kind = Kind::kNone;
  uint64_t count = 0;
};
inline constexpr uint64_t kMostReferenceRecords = 10'000;
inline constexpr uint64_t kLeastLeftOver = 1'000;
// Fewer could not resolve a false-positive rate of 1 %, the default of those who ask.
inline constexpr uint64_t kLeastHeldOut = 100;

// "none" or "" (none), "auto" (left over), or the number to hold out. INVALID_ARGUMENT with the
// flag's name for anything else, and for a number below kLeastHeldOut.
absl::StatusOr<ReferenceSource> ParseReferenceSource(absl::string_view text);

// Draws min(count, positions) of `positions` at random, each class of their labels in its
// proportion; classes that are not among them don't matter. Ascending; the same for the same
// arguments. As StratifiedSubset, which says when that is INVALID_ARGUMENT.
absl::StatusOr<std::vector<uint64_t>> DrawStratified(std::span<const uint64_t> positions,
                                                     const std::vector<uint32_t>& labels,
                                                     uint64_t count, uint64_t seed);

// The positions 0 .. size-1 that are not in `positions`, which ascend.
std::vector<uint64_t> Complement(std::span<const uint64_t> positions, uint64_t size);

// Those of `positions` in `data` whose image is byte for byte none of the images at `others`: a
// copy of a training sample is no non-member.
std::vector<uint64_t> WithoutCopies(const Dataset& data, std::span<const uint64_t> positions,
                                    std::span<const uint64_t> others);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_REFERENCE_SET_H_
