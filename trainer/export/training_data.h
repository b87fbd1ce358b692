#ifndef PROVNET_TRAINER_EXPORT_TRAINING_DATA_H_
#define PROVNET_TRAINER_EXPORT_TRAINING_DATA_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "provnet/v1/bundle.pb.h"
#include "trainer/data/dataset.h"
#include "trainer/data/near_duplicates.h"

namespace provnet {

// What a fit works on, and what was done to it on purpose.
struct TrainingData {
  DatasetPair data;
  // The labels of data.train before label noise; equal to them without.
  std::vector<uint32_t> true_labels;
  std::vector<InjectedDuplicate> duplicates;
  // Records that are not in data.train, nor are copies of any that is, for the membership
  // reference; none where the configuration names no source of them, or there are too few.
  Dataset non_members;
};

// How image folders are read; the samples don't depend on it.
struct ReadingOptions {
  // See ImageFolderOptions.
  bool strict = false;
  int threads = 0;
};

// Loads the data set that `config` names (fields dataset, subset_fraction, seed, label_noise,
// near_duplicates and membership_reference; those of image folders; subset_mask), holds out a
// membership reference where a number is named, cuts its training part down to the subset, takes
// the membership reference from what is left where that is asked for, appends near duplicates, then
// changes labels. All of it is drawn from the seed or written down in `config`, so the manifest of
// a bundle is enough to get its samples and the truth about them again. Errors of the steps pass.
absl::StatusOr<TrainingData> LoadTrainingData(const v1::TrainingConfig& config,
                                              const ReadingOptions& reading = {});

// The positions, in `samples` as they are read, of the subset that `config` describes; ascending.
absl::StatusOr<std::vector<uint64_t>> SubsetPositions(const v1::TrainingConfig& config,
                                                      const Dataset& samples);

// The two halves of LoadTrainingData: the data set as it is, and what is made of it.
absl::StatusOr<DatasetPair> LoadWholeData(const v1::TrainingConfig& config,
                                          const ReadingOptions& reading = {});
absl::StatusOr<TrainingData> PrepareTrainingData(const v1::TrainingConfig& config,
                                                 DatasetPair whole);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPORT_TRAINING_DATA_H_
