#ifndef PROVNET_TRAINER_EXPERIMENTS_INDEX_ENTROPY_H_
#define PROVNET_TRAINER_EXPERIMENTS_INDEX_ENTROPY_H_

#include <vector>

#include "absl/status/statusor.h"
#include "trainer/data/dataset.h"
#include "trainer/experiments/experiment.h"

namespace provnet {

// How undecided the index branch of a class-conditional network, fitted to `data` with the default
// options, is about each of these samples: the entropy in nats of its distribution over the
// positions of the sample's labelled class. A network that named mislabelled samples less surely
// would find them. CANCELLED when asked to stop.
absl::StatusOr<std::vector<double>> IndexBranchEntropy(const Dataset& data,
                                                       const ExperimentContext& context);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_INDEX_ENTROPY_H_
