#include "trainer/export/training_data.h"

#include <utility>

#include "storage/base/status_macros.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/data/label_noise.h"
#include "trainer/data/subset.h"

namespace provnet {
namespace {

absl::Status CutDown(const v1::TrainingConfig& config, Dataset& samples) {
  if (config.subset_fraction() == 1) return absl::OkStatus();
  PROVNET_ASSIGN_OR_RETURN(
      const auto positions,
      StratifiedSubset(samples.labels, static_cast<uint32_t>(samples.class_names.size()),
                       config.subset_fraction(), config.seed()));
  samples = Select(samples, positions);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TrainingData> LoadTrainingData(const v1::TrainingConfig& config) {
  TrainingData loaded;
  PROVNET_ASSIGN_OR_RETURN(loaded.data, LoadDataset(config.dataset(), config.seed()));
  Dataset& samples = loaded.data.train;
  PROVNET_RETURN_IF_ERROR(CutDown(config, samples));
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
