#ifndef PROVNET_TRAINER_DATA_CORRUPTION_H_
#define PROVNET_TRAINER_DATA_CORRUPTION_H_

#include <cstdint>
#include <string_view>

#include "trainer/data/dataset.h"

namespace provnet {

// What can happen to a picture on its way.
enum class CorruptionKind {
  // Gaussian noise on every value; strength: its standard deviation, where values are 0..1.
  kNoise,
  // Turned about the centre, to a random side; strength: degrees.
  kRotation,
  // Moved in one of the eight axial and diagonal directions; strength: pixels along each axis that
  // moves, rounded.
  kShift,
  // Convolved with a Gaussian; strength: its standard deviation in pixels.
  kBlur,
  // A square somewhere inside is zero in all channels; strength: its side in pixels, rounded, at
  // most the image's shorter one.
  kOcclusion,
};

inline constexpr CorruptionKind kCorruptionKinds[] = {
    CorruptionKind::kNoise, CorruptionKind::kRotation, CorruptionKind::kShift,
    CorruptionKind::kBlur, CorruptionKind::kOcclusion};

// "noise", "rotation", "shift", "blur" or "occlusion".
std::string_view CorruptionName(CorruptionKind kind);
// What its strength is, e.g. "rotation (degrees)".
std::string_view CorruptionAxis(CorruptionKind kind);

// `samples` with every image corrupted, labels and sources as they are. What is random depends on
// seed, kind and the image's position alone, not on the strength: a stronger corruption is more of
// the same. Values are rounded and clamped to 0..255, pixels from outside are zero, and strength 0
// is the identity. `strength` is finite and not negative. About 20 us an image of 28x28.
Dataset Corrupted(const Dataset& samples, CorruptionKind kind, double strength, uint64_t seed);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_CORRUPTION_H_
