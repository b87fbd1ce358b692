#include "trainer/data/near_duplicates.h"

#include <cmath>
#include <numeric>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "trainer/data/augment.h"
#include "trainer/data/random.h"

namespace provnet {
namespace {

constexpr uint64_t kDuplicateStream = 0xd0b1e;
constexpr uint64_t kKinds = 3;

std::vector<uint8_t> ToBytes(const std::vector<float>& values) {
  std::vector<uint8_t> bytes;
  bytes.reserve(values.size());
  for (const float value : values) bytes.push_back(static_cast<uint8_t>(std::lround(value * 255)));
  return bytes;
}

// One pixel right, left, down or up.
std::vector<uint8_t> Shifted(const Dataset& data, uint64_t i, Rng& rng) {
  constexpr int kDirections[][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
  const auto& [dx, dy] = kDirections[rng.Below(4)];
  std::vector<uint8_t> out(data.image_bytes());
  ShiftInto(data.image(i), data.channels, data.height, data.width, dx, dy, out);
  return out;
}

std::vector<uint8_t> Rotated(const Dataset& data, uint64_t i, Rng& rng) {
  const double degrees = rng.Below(2) == 0 ? kDuplicateRotationDegrees : -kDuplicateRotationDegrees;
  std::vector<float> out(data.image_bytes());
  RotateInto(data.image(i), data.channels, data.height, data.width, degrees, out.data());
  return ToBytes(out);
}

std::vector<uint8_t> Noisy(const Dataset& data, uint64_t i, Rng& rng) {
  constexpr AugmentOptions kNoiseAlone{.rotation_degrees = 0,
                                       .translation_pixels = 0,
                                       .scale = 0,
                                       .noise_stddev = kDuplicateNoise,
                                       .noise_probability = 1};
  std::vector<float> out(data.image_bytes());
  AugmentInto(data.image(i), data.channels, data.height, data.width, kNoiseAlone, rng, out.data());
  return ToBytes(out);
}

std::vector<uint8_t> Altered(const Dataset& data, uint64_t i, DuplicateKind kind, Rng& rng) {
  switch (kind) {
    case DuplicateKind::kShifted:
      return Shifted(data, i, rng);
    case DuplicateKind::kRotated:
      return Rotated(data, i, rng);
    case DuplicateKind::kNoisy:
      break;
  }
  return Noisy(data, i, rng);
}

}  // namespace

const char* DuplicateKindName(DuplicateKind kind) {
  switch (kind) {
    case DuplicateKind::kShifted:
      return "shifted";
    case DuplicateKind::kRotated:
      return "rotated";
    case DuplicateKind::kNoisy:
      break;
  }
  return "noisy";
}

absl::StatusOr<std::vector<InjectedDuplicate>> InjectNearDuplicates(uint64_t count, uint64_t seed,
                                                                    Dataset& data) {
  if (count > data.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(count, " near duplicates of ", data.size(),
                     " samples: expected at most one of each, so 0 to ", data.size()));
  }
  std::vector<uint64_t> originals(data.size());
  std::iota(originals.begin(), originals.end(), uint64_t{0});
  Rng(MixSeed(seed, kDuplicateStream)).Shuffle(originals);
  originals.resize(count);
  std::vector<InjectedDuplicate> injected;
  for (uint64_t i = 0; i < count; ++i) {
    const InjectedDuplicate duplicate{originals[i], data.size(),
                                      static_cast<DuplicateKind>(i % kKinds)};
    Rng rng(MixSeed(MixSeed(seed, kDuplicateStream), 1 + i));
    const std::vector<uint8_t> pixels = Altered(data, duplicate.original, duplicate.kind, rng);
    data.pixels.insert(data.pixels.end(), pixels.begin(), pixels.end());
    data.labels.push_back(data.labels[duplicate.original]);
    data.source_positions.push_back(data.source_positions[duplicate.original]);
    if (!data.source_names.empty()) {
      data.source_names.push_back(std::string(data.source_names[duplicate.original]));
    }
    // No file decodes to the altered pixels.
    if (!data.encoded.empty()) data.encoded.push_back(nullptr);
    injected.push_back(duplicate);
  }
  return injected;
}

}  // namespace provnet
