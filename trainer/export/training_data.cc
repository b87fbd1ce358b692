#include "trainer/export/training_data.h"

#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/data/label_noise.h"
#include "trainer/data/random.h"
#include "trainer/data/reference_set.h"
#include "trainer/data/subset.h"

namespace provnet {
namespace {

constexpr uint64_t kReferenceStream = 0x4ef5;

using Positions = std::vector<uint64_t>;

// Positions in the whole training part.
struct Split {
  Positions samples;
  Positions non_members;
};

absl::StatusOr<Positions> DrawSubset(const v1::TrainingConfig& config, const Dataset& all,
                                     const Positions& available) {
  if (config.subset_fraction() == 1) return available;
  std::vector<uint32_t> labels;
  for (const uint64_t position : available) labels.push_back(all.labels[position]);
  PROVNET_ASSIGN_OR_RETURN(Positions drawn,
                           StratifiedSubset(labels, static_cast<uint32_t>(all.class_names.size()),
                                            config.subset_fraction(), config.seed()));
  for (uint64_t& position : drawn) position = available[position];
  return drawn;
}

absl::StatusOr<Positions> HoldOut(const ReferenceSource& source, uint64_t seed,
                                  const Dataset& all) {
  if (source.kind != ReferenceSource::Kind::kHeldOut) return Positions{};
  if (source.count >= all.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--membership-reference=", source.count, " leaves nothing of the ", all.size(),
                     " training samples to train on; expected fewer"));
  }
  Positions everything(all.size());
  std::iota(everything.begin(), everything.end(), 0);
  return DrawStratified(everything, all.labels, source.count, seed);
}

absl::StatusOr<Split> SplitSamples(const v1::TrainingConfig& config, const Dataset& all) {
  PROVNET_ASSIGN_OR_RETURN(const ReferenceSource source,
                           ParseReferenceSource(config.membership_reference()));
  const uint64_t seed = MixSeed(config.seed(), kReferenceStream);
  PROVNET_ASSIGN_OR_RETURN(const Positions held_out, HoldOut(source, seed, all));
  const Positions available = Complement(held_out, all.size());
  Split split;
  PROVNET_ASSIGN_OR_RETURN(split.samples, DrawSubset(config, all, available));
  if (source.kind == ReferenceSource::Kind::kNone) return split;
  const bool left_over = source.kind == ReferenceSource::Kind::kLeftOver;
  split.non_members = WithoutCopies(
      all, left_over ? Complement(split.samples, all.size()) : held_out, split.samples);
  if (!left_over) return split;
  if (split.non_members.size() < kLeastLeftOver) return Split{std::move(split.samples), {}};
  PROVNET_ASSIGN_OR_RETURN(split.non_members, DrawStratified(split.non_members, all.labels,
                                                             kMostReferenceRecords, seed));
  return split;
}

}  // namespace

absl::StatusOr<TrainingData> LoadTrainingData(const v1::TrainingConfig& config) {
  TrainingData loaded;
  PROVNET_ASSIGN_OR_RETURN(loaded.data, LoadDataset(config.dataset(), config.seed()));
  Dataset& samples = loaded.data.train;
  PROVNET_ASSIGN_OR_RETURN(const Split split, SplitSamples(config, samples));
  loaded.non_members = Select(samples, split.non_members);
  if (split.samples.size() < samples.size()) samples = Select(samples, split.samples);
  PROVNET_ASSIGN_OR_RETURN(loaded.duplicates,
                           InjectNearDuplicates(config.near_duplicates(), config.seed(), samples));
  loaded.true_labels = samples.labels;
  if (config.label_noise().empty()) return loaded;
  PROVNET_ASSIGN_OR_RETURN(const LabelNoise noise, ParseLabelNoise(config.label_noise()));
  PROVNET_RETURN_IF_ERROR(InjectLabelNoise(noise, static_cast<uint32_t>(samples.class_names.size()),
                                           config.seed(), samples.labels)
                              .status());
  return loaded;
}

}  // namespace provnet
