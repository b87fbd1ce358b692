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
#include "trainer/data/subset_mask.h"

namespace provnet {
namespace {

constexpr uint64_t kReferenceStream = 0x4ef5;

using Positions = std::vector<uint64_t>;

// Positions in the whole training part.
struct Split {
  Positions samples;
  Positions non_members;
};

// A subset that was chosen by a strategy was chosen from all samples, none of them held out: see
// ValidateFitOptions.
absl::StatusOr<Positions> DrawSubset(const v1::TrainingConfig& config, const Dataset& all,
                                     const Positions& available) {
  if (config.subset_fraction() == 1) return available;
  if (!config.subset_strategy().empty()) return SubsetPositions(config, all);
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
  if (config.subset_fraction() != 1) {
    PROVNET_RETURN_IF_ERROR(CheckSubset(all, split.samples));
  }
  if (source.kind == ReferenceSource::Kind::kNone) return split;
  // What a strategy leaves over differs from what it chose: no fair sample of non-members.
  if (!config.subset_strategy().empty()) return split;
  const bool left_over = source.kind == ReferenceSource::Kind::kLeftOver;
  split.non_members = WithoutCopies(
      all, left_over ? Complement(split.samples, all.size()) : held_out, split.samples);
  if (!left_over) return split;
  if (split.non_members.size() < kLeastLeftOver) return Split{std::move(split.samples), {}};
  PROVNET_ASSIGN_OR_RETURN(split.non_members, DrawStratified(split.non_members, all.labels,
                                                             kMostReferenceRecords, seed));
  return split;
}

absl::StatusOr<ImageFolderOptions> ImageOptionsOf(const v1::TrainingConfig& config,
                                                  const ReadingOptions& reading) {
  ImageFolderOptions options;
  if (!config.image_size().empty()) {
    PROVNET_ASSIGN_OR_RETURN(options.size, ParseImageSize(config.image_size()));
  }
  PROVNET_ASSIGN_OR_RETURN(options.mode, ParseImageMode(config.image_mode()));
  if (config.test_share() != 0) options.test_share = config.test_share();
  options.strict = reading.strict;
  options.threads = reading.threads;
  return options;
}

}  // namespace

absl::StatusOr<std::vector<uint64_t>> SubsetPositions(const v1::TrainingConfig& config,
                                                      const Dataset& samples) {
  if (config.subset_strategy().empty()) {
    return StratifiedSubset(samples.labels, static_cast<uint32_t>(samples.class_names.size()),
                            config.subset_fraction(), config.seed());
  }
  if (!config.subset_mask().empty()) return FromSubsetMask(config.subset_mask(), samples.size());
  return absl::InvalidArgumentError(absl::StrCat("the subset that ", config.subset_strategy(),
                                                 " chose is not recorded in subset_mask"));
}

absl::StatusOr<DatasetPair> LoadWholeData(const v1::TrainingConfig& config,
                                          const ReadingOptions& reading) {
  PROVNET_ASSIGN_OR_RETURN(const ImageFolderOptions images, ImageOptionsOf(config, reading));
  return LoadDataset(config.dataset(), config.seed(), images);
}

absl::StatusOr<TrainingData> LoadTrainingData(const v1::TrainingConfig& config,
                                              const ReadingOptions& reading) {
  PROVNET_ASSIGN_OR_RETURN(DatasetPair whole, LoadWholeData(config, reading));
  return PrepareTrainingData(config, std::move(whole));
}

absl::StatusOr<TrainingData> PrepareTrainingData(const v1::TrainingConfig& config,
                                                 DatasetPair whole) {
  TrainingData loaded;
  loaded.data = std::move(whole);
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
