#include "trainer/experiments/membership_records.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "storage/base/status_macros.h"
#include "trainer/data/augment.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/data/near_duplicates.h"
#include "trainer/data/random.h"
#include "trainer/data/reference_set.h"
#include "trainer/data/subset.h"
#include "trainer/export/training_data.h"

namespace provnet {
namespace {

constexpr uint64_t kShiftStream = 0x51f7;
constexpr uint64_t kNoiseStream = 0x2015e;

// Where the images of `part` are in `whole`, ascending.
std::vector<uint64_t> PositionsIn(const Dataset& whole, const Dataset& part) {
  const absl::flat_hash_set<uint64_t> sources(part.source_positions.begin(),
                                              part.source_positions.end());
  std::vector<uint64_t> positions;
  for (uint64_t i = 0; i < whole.size(); ++i) {
    if (sources.contains(whole.source_positions[i])) positions.push_back(i);
  }
  return positions;
}

std::span<uint8_t> ImageOf(Dataset& data, size_t i) {
  return std::span<uint8_t>(data.pixels).subspan(i * data.image_bytes(), data.image_bytes());
}

}  // namespace

absl::StatusOr<MembershipRecords> LoadMembershipRecords(const v1::TrainingConfig& config) {
  PROVNET_ASSIGN_OR_RETURN(TrainingData used, LoadTrainingData(config));
  PROVNET_ASSIGN_OR_RETURN(const DatasetPair whole, LoadDataset(config.dataset(), config.seed()));
  const std::vector<uint64_t> members = PositionsIn(whole.train, used.data.train);
  const std::vector<uint64_t> reference = PositionsIn(whole.train, used.non_members);
  std::vector<uint64_t> seen;
  std::set_union(members.begin(), members.end(), reference.begin(), reference.end(),
                 std::back_inserter(seen));
  const std::vector<uint64_t> unseen =
      WithoutCopies(whole.train, Complement(seen, whole.train.size()), members);
  return MembershipRecords{std::move(used.data.train), Select(whole.train, unseen)};
}

Dataset ShiftedByOnePixel(const Dataset& images, uint64_t seed) {
  constexpr int kDirections[][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
  Dataset shifted = images;
  for (size_t i = 0; i < images.size(); ++i) {
    Rng rng(MixSeed(MixSeed(seed, kShiftStream), i));
    const auto& [dx, dy] = kDirections[rng.Below(4)];
    ShiftInto(images.image(i), images.channels, images.height, images.width, dx, dy,
              ImageOf(shifted, i));
  }
  return shifted;
}

Dataset WithLightNoise(const Dataset& images, uint64_t seed) {
  Dataset noisy = images;
  for (size_t i = 0; i < images.size(); ++i) {
    Rng rng(MixSeed(MixSeed(seed, kNoiseStream), i));
    for (uint8_t& pixel : ImageOf(noisy, i)) {
      const double value = pixel + 255 * kDuplicateNoise * rng.Normal();
      pixel = static_cast<uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
    }
  }
  return noisy;
}

absl::StatusOr<Dataset> Draw(const Dataset& images, uint64_t count, uint64_t seed) {
  std::vector<uint64_t> all(images.size());
  std::iota(all.begin(), all.end(), 0);
  PROVNET_ASSIGN_OR_RETURN(const auto drawn, DrawStratified(all, images.labels, count, seed));
  return Select(images, drawn);
}

}  // namespace provnet
