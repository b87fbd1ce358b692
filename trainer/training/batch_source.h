#ifndef PROVNET_TRAINER_TRAINING_BATCH_SOURCE_H_
#define PROVNET_TRAINER_TRAINING_BATCH_SOURCE_H_

#include <torch/types.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "trainer/data/augment.h"
#include "trainer/data/dataset.h"
#include "trainer/distributed/share.h"
#include "trainer/training/index_targets.h"

namespace provnet {

// What one training step learns from; B samples, which are this rank's share of those of the batch.
struct TrainingBatch {
  // float32 [B, channels, height, width] in 0..1, channels-last in memory: the samples, and a
  // random view of each.
  at::Tensor clean;
  at::Tensor augmented;
  // int64 [B]: class, target column of the index head, and number of columns that stand for a
  // sample.
  at::Tensor labels;
  at::Tensor targets;
  at::Tensor candidates;
  // Samples in the whole batch; B without other ranks. With them, int64 [whole]: the same of all.
  int64_t whole = 0;
  at::Tensor whole_labels;
  at::Tensor whole_targets;
  at::Tensor whole_candidates;

  // The same on `device`.
  TrainingBatch To(c10::Device device) const;
};

// Cuts each epoch's random order of the samples into batches whose sizes differ by at most one. The
// batches of an epoch depend on data, seed and epoch alone, so a run can continue at any epoch. Not
// thread-safe.
class BatchSource {
 public:
  // `data`, which is not empty, and its `targets` outlive this object; batch_size, of the whole
  // batch, is at least 1. Of each batch, `who` gets its share.
  BatchSource(const Dataset& data, const IndexTargets& targets, uint32_t batch_size,
              const AugmentOptions& augment, uint64_t seed, RankOf who = {});

  uint64_t batches_per_epoch() const { return batches_; }

  // Shuffles for `epoch`, counted from 0.
  void StartEpoch(uint64_t epoch);

  // Batch `batch` of the epoch, 0 .. batches_per_epoch() - 1.
  TrainingBatch Batch(uint64_t batch) const;

  // The same without views: `clean` alone with its targets.
  TrainingBatch CleanBatch(uint64_t batch) const;

 private:
  // The samples of a batch.
  at::ArrayRef<uint64_t> Whole(uint64_t batch) const;
  // This rank's share of them.
  at::ArrayRef<uint64_t> Own(uint64_t batch) const;
  // The classes of samples; their target columns, and their numbers of candidates.
  at::Tensor LabelsOf(at::ArrayRef<uint64_t> samples) const;
  std::pair<at::Tensor, at::Tensor> TargetsOf(at::ArrayRef<uint64_t> samples) const;

  const Dataset& data_;
  const IndexTargets& targets_;
  const AugmentOptions augment_;
  const uint64_t seed_;
  const RankOf who_;
  const uint64_t batches_;

  uint64_t epoch_seed_ = 0;
  std::vector<uint64_t> order_;
};

// The images at `samples` as the network takes them: float32 [n, channels, height, width], pixels /
// 255, channels-last.
at::Tensor ImagesToTensor(const Dataset& data, at::ArrayRef<uint64_t> samples);

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_BATCH_SOURCE_H_
