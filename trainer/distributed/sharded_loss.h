#ifndef PROVNET_TRAINER_DISTRIBUTED_SHARDED_LOSS_H_
#define PROVNET_TRAINER_DISTRIBUTED_SHARDED_LOSS_H_

#include <torch/types.h>

#include "trainer/distributed/world.h"

namespace provnet {

// Mean cross-entropy with label smoothing over logits whose columns are spread over the ranks, as
// in Partial FC (An et al. 2021, section 3.1): no rank ever has a whole row. What is exchanged is
// three numbers a row and rank: the logarithm of its part of the softmax's denominator, the
// target's logit where it is its, and the sum of its logits.
//
// logits float32 [B, m] are columns first .. first + m - 1 of the whole matrix [B, M]; target and
// candidates, int64 [B], are the same on all ranks and mean what CandidateLoss says. Returns this
// rank's part of the loss, a scalar: the sum over the ranks is the loss. The gradient is that of
// the sum. `world` outlives the graph.
at::Tensor ShardedCandidateLoss(World& world, const at::Tensor& logits, int64_t first,
                                const at::Tensor& target, const at::Tensor& candidates,
                                double smoothing);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DISTRIBUTED_SHARDED_LOSS_H_
