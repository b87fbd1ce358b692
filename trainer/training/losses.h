#ifndef PROVNET_TRAINER_TRAINING_LOSSES_H_
#define PROVNET_TRAINER_TRAINING_LOSSES_H_

#include <torch/types.h>

namespace provnet {

// The identity whose gradient is multiplied by `scale`: scale * x + (1 - scale) * detach(x).
at::Tensor ScaleGradient(const at::Tensor& x, double scale);

// Mean cross-entropy of a head with one logit a candidate. logits [B, M]; target int64 [B], the
// column to score highest; candidates int64 [B], the number of a row's columns that stand for a
// sample, with target < candidates <= M. Logits at columns >= candidates take no part: not in the
// softmax, not in the smoothing, and their gradient is exactly 0. The target has 1 - smoothing +
// smoothing / candidates at `target` and smoothing / candidates at the other valid columns. Returns
// a scalar.
at::Tensor CandidateLoss(const at::Tensor& logits, const at::Tensor& target,
                         const at::Tensor& candidates, double smoothing);

// InfoNCE (van den Oord 2018), symmetric: row i of `first` shall be nearest to row i of `second`
// among all rows, and the other way round. Both hold unit vectors, [B, d]. Returns a scalar.
at::Tensor ContrastiveLoss(const at::Tensor& first, const at::Tensor& second, double temperature);

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_LOSSES_H_
