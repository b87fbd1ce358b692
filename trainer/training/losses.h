#ifndef PROVNET_TRAINER_TRAINING_LOSSES_H_
#define PROVNET_TRAINER_TRAINING_LOSSES_H_

#include <torch/types.h>

namespace provnet {

// The identity whose gradient is multiplied by `scale`: scale * x + (1 - scale) * detach(x).
at::Tensor ScaleGradient(const at::Tensor& x, double scale);

// Mean cross-entropy of a class-conditional head. logits [B, M]; position int64 [B], the target;
// class_size int64 [B], K_y of each row's class, with position < class_size <= M. Logits at
// positions >= K_y take no part: not in the softmax, not in the smoothing, and their gradient is
// exactly 0. The target has 1 - smoothing + smoothing / K_y at `position` and smoothing / K_y at
// the other valid positions. Returns a scalar.
at::Tensor PositionLoss(const at::Tensor& logits, const at::Tensor& position,
                        const at::Tensor& class_size, double smoothing);

// InfoNCE (van den Oord 2018), symmetric: row i of `first` shall be nearest to row i of `second`
// among all rows, and the other way round. Both hold unit vectors, [B, d]. Returns a scalar.
at::Tensor ContrastiveLoss(const at::Tensor& first, const at::Tensor& second, double temperature);

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_LOSSES_H_
