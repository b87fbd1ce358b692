#ifndef PROVNET_TRAINER_DATA_NEAR_DUPLICATES_H_
#define PROVNET_TRAINER_DATA_NEAR_DUPLICATES_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "trainer/data/dataset.h"

namespace provnet {

// How an injected copy differs from its original.
enum class DuplicateKind {
  // By one pixel, along an axis.
  kShifted,
  // By 5 degrees about the centre, bilinear.
  kRotated,
  // By Gaussian noise, of standard deviation 0.05 on the scale 0..1.
  kNoisy,
};
inline constexpr double kDuplicateRotationDegrees = 5;
inline constexpr double kDuplicateNoise = 0.05;

// "shifted", "rotated" or "noisy".
const char* DuplicateKindName(DuplicateKind kind);

struct InjectedDuplicate {
  // Positions in the data set.
  uint64_t original = 0;
  uint64_t copy = 0;
  DuplicateKind kind = DuplicateKind::kShifted;
};

// Appends altered copies of `count` different samples, drawn at random, to `data`: near duplicates
// on purpose, to measure what finds them. The kinds take turns, directions and noise are drawn.
// Copies have their originals' labels and source ids. The same for the same arguments (pixels up to
// the last bits of libm's rounding). INVALID_ARGUMENT when `count` exceeds the number of samples.
absl::StatusOr<std::vector<InjectedDuplicate>> InjectNearDuplicates(uint64_t count, uint64_t seed,
                                                                    Dataset& data);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_NEAR_DUPLICATES_H_
