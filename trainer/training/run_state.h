#ifndef PROVNET_TRAINER_TRAINING_RUN_STATE_H_
#define PROVNET_TRAINER_TRAINING_RUN_STATE_H_

#include "trainer/distributed/world.h"
#include "trainer/network/provenance_network.h"
#include "trainer/training/checkpoint.h"
#include "trainer/training/fused_adamw.h"

namespace provnet {

// Puts position, network and optimiser of all ranks into the state of rank 0's. They were made for
// the same run. A collective: throws what World's do.
void TakeStateOfRank0(World& world, RunPosition& position, ProvenanceNetwork& network,
                      FusedAdamW& optimizer);

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_RUN_STATE_H_
