#ifndef PROVNET_TRAINER_DISTRIBUTED_SYNC_BATCH_NORM_H_
#define PROVNET_TRAINER_DISTRIBUTED_SYNC_BATCH_NORM_H_

#include <ATen/core/ivalue.h>

#include "trainer/distributed/world.h"

namespace provnet {

// A TorchScript object whose method batch_norm takes and returns what torch.batch_norm does, but
// normalises by the mean and variance over the batches of all ranks, in their gradients, too: what
// one process would compute on the whole batch. A collective in each direction, of 2 C + 1 numbers
// a rank and 2 C numbers. In evaluation mode it is torch.batch_norm.
//
// `world` outlives the object. Gradients of weight and bias are this rank's part, as those of other
// parameters.
c10::IValue MakeSyncBatchNorm(World& world);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DISTRIBUTED_SYNC_BATCH_NORM_H_
