#ifndef PROVNET_TRAINER_TRAINING_STATISTICS_H_
#define PROVNET_TRAINER_TRAINING_STATISTICS_H_

#include "trainer/network/provenance_network.h"
#include "trainer/training/batch_source.h"

namespace provnet {

// Measures the running statistics of batch normalisation anew: their mean over the batches of
// `source`, clean images, with the weights as they are. What training leaves behind trails the
// weights and mixes in random views, where the network is served clean images with the final
// weights. Leaves the network in training mode.
void MeasureStatistics(ProvenanceNetwork& network, const BatchSource& source);

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_STATISTICS_H_
