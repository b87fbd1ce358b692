#ifndef PROVNET_TRAINER_TRAINING_OBJECTIVE_H_
#define PROVNET_TRAINER_TRAINING_OBJECTIVE_H_

#include <torch/types.h>

#include "trainer/distributed/world.h"
#include "trainer/network/provenance_network.h"
#include "trainer/training/batch_source.h"
#include "trainer/training/training_options.h"

namespace provnet {

// Scalars. This rank's part of the losses of a whole batch: the batch's are the sums over the
// ranks.
struct Losses {
  at::Tensor class_loss;
  at::Tensor index_loss;
};

// What a network is trained to: the class, from a sample and a view of it, and the sample itself.
// Not thread-safe.
class Objective {
 public:
  // `options` and `world`, which is null without other ranks, outlive this object.
  Objective(ProvenanceNetwork network, const TrainingOptions& options, World* world);

  // Whether some loss looks at random views; BatchSource::CleanBatch is enough if not.
  bool with_views() const { return with_views_; }

  // The network's index head is from now on this rank's rows alone, see index_rows.h.
  void SpreadIndexRows() { spread_ = true; }

  // The losses of a batch, for backward(). One without weight is not computed: 0 stands for it.
  Losses Compute(const TrainingBatch& batch);

 private:
  at::Tensor IndexLoss(const TrainingBatch& batch, const at::Tensor& features);
  at::Tensor SpreadIndexLoss(const TrainingBatch& batch, const at::Tensor& features);
  at::Tensor PairLoss(const TrainingBatch& batch, const at::Tensor& vectors);
  at::Tensor PartOf(const at::Tensor& mean, const TrainingBatch& batch) const;

  ProvenanceNetwork network_;
  const TrainingOptions& options_;
  World* const world_;
  const bool with_views_;
  bool spread_ = false;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_OBJECTIVE_H_
