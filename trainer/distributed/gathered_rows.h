#ifndef PROVNET_TRAINER_DISTRIBUTED_GATHERED_ROWS_H_
#define PROVNET_TRAINER_DISTRIBUTED_GATHERED_ROWS_H_

#include <torch/types.h>

#include "trainer/distributed/world.h"

namespace provnet {

// The rows of all ranks, in rank order: float32 [b, R] -> [total, R], where b is the size of
// ShareOf(total, rank). Differentiable: each rank's gradient is that of its own part of the loss,
// and their sum is what a row gets.
at::Tensor GatherRows(World& world, const at::Tensor& rows, int64_t total);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DISTRIBUTED_GATHERED_ROWS_H_
