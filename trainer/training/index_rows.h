#ifndef PROVNET_TRAINER_TRAINING_INDEX_ROWS_H_
#define PROVNET_TRAINER_TRAINING_INDEX_ROWS_H_

#include <memory>

#include "trainer/distributed/world.h"
#include "trainer/network/provenance_network.h"
#include "trainer/training/fused_adamw.h"

namespace provnet {

// An index head whose rows are spread over the ranks of a world: each holds, and optimises, its
// ShareOf the rows, and no other. A head over N samples is most of a network, and neither its
// gradients nor its optimiser's state then ever travel but for a checkpoint.

// Whether that pays: the head has a row a candidate, and more numbers than the rest of the network.
bool SpreadsIndexRows(const ProvenanceNetwork& network);

// Cuts the index head of `network` down to the rows of rank `who`. Returns an optimiser for what is
// left, with its part of the state of `whole`, which was that of all.
std::unique_ptr<FusedAdamW> KeepOwnRows(RankOf who, ProvenanceNetwork& network, FusedAdamW& whole);

// The other way. A collective: on rank 0 `network` gets the rows of all ranks; elsewhere nothing
// changes.
void CollectRows(World& world, ProvenanceNetwork& network);

// The same, with the optimiser: returns on rank 0 one for the whole network, with the state of
// `own` on all ranks; null elsewhere.
std::unique_ptr<FusedAdamW> CollectRowsAndState(World& world, ProvenanceNetwork& network,
                                                FusedAdamW& own);

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_INDEX_ROWS_H_
