#include "trainer/training/objective.h"

#include <torch/torch.h>

#include <utility>

#include "trainer/distributed/gathered_rows.h"
#include "trainer/distributed/sharded_loss.h"
#include "trainer/training/losses.h"

namespace provnet {
namespace {

bool NeedsViews(const TrainingOptions& options) {
  return options.head == v1::HEAD_TYPE_EMBEDDING ||
         (options.lambda_class > 0 && Distorts(options.augment));
}

}  // namespace

Objective::Objective(ProvenanceNetwork network, const TrainingOptions& options, World* world)
    : network_(std::move(network)),
      options_(options),
      world_(world),
      with_views_(NeedsViews(options)) {}

Losses Objective::Compute(const TrainingBatch& batch) {
  const at::Tensor features = network_.Features(
      with_views_
          ? at::cat({batch.clean, batch.augmented}).contiguous(at::MemoryFormat::ChannelsLast)
          : batch.clean);
  const at::Tensor none = at::zeros({}, features.options());
  Losses losses{none, none};
  if (options_.lambda_class > 0) {
    losses.class_loss = PartOf(
        at::cross_entropy_loss(network_.Classify(features),
                               with_views_ ? at::cat({batch.labels, batch.labels}) : batch.labels),
        batch);
  }
  if (options_.lambda_index > 0) {
    losses.index_loss = IndexLoss(batch, ScaleGradient(features, options_.index_gradient_scale));
  }
  return losses;
}

// From the mean over this rank's samples.
at::Tensor Objective::PartOf(const at::Tensor& mean, const TrainingBatch& batch) const {
  if (world_ == nullptr) return mean;
  return mean * (static_cast<double>(batch.labels.size(0)) / static_cast<double>(batch.whole));
}

// `features` begin with those of the samples as they are.
at::Tensor Objective::IndexLoss(const TrainingBatch& batch, const at::Tensor& features) {
  if (options_.head == v1::HEAD_TYPE_EMBEDDING) {
    return PairLoss(batch, network_.Query(features, at::cat({batch.labels, batch.labels})));
  }
  const at::Tensor clean = features.narrow(0, 0, batch.labels.size(0));
  if (spread_) return SpreadIndexLoss(batch, clean);
  // The true class, not the predicted one: teacher forcing.
  const at::Tensor logits = network_.Attribute(clean, batch.labels);
  return PartOf(CandidateLoss(logits, batch.targets, batch.candidates, options_.label_smoothing),
                batch);
}

// The rows of the head that are here score the samples of all ranks. All features are here, too, so
// their normalisation over the whole batch exchanges nothing more.
at::Tensor Objective::SpreadIndexLoss(const TrainingBatch& batch, const at::Tensor& features) {
  const at::Tensor inputs =
      network_.HeadInput(GatherRows(*world_, features, batch.whole), batch.whole_labels);
  const ProvenanceNetwork::IndexHead head = network_.index_head();
  const Share own = ShareOf(network_.spec().index_dim, world_->who());
  return ShardedCandidateLoss(*world_, at::linear(inputs, head.weight, head.bias), own.begin,
                              batch.whole_targets, batch.whole_candidates,
                              options_.label_smoothing);
}

// `vectors` are those of the samples and then those of their views. The negatives of each are all
// others of the whole batch.
at::Tensor Objective::PairLoss(const TrainingBatch& batch, const at::Tensor& vectors) {
  const int64_t count = batch.labels.size(0);
  at::Tensor samples = vectors.narrow(0, 0, count), views = vectors.narrow(0, count, count);
  if (world_ == nullptr) return ContrastiveLoss(samples, views, options_.temperature);
  samples = GatherRows(*world_, samples, batch.whole);
  views = GatherRows(*world_, views, batch.whole);
  return ContrastiveLoss(samples, views, options_.temperature) /
         static_cast<double>(world_->who().ranks);
}

}  // namespace provnet
