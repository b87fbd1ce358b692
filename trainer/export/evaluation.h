#ifndef PROVNET_TRAINER_EXPORT_EVALUATION_H_
#define PROVNET_TRAINER_EXPORT_EVALUATION_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "provnet/v1/bundle.pb.h"
#include "server/engine/servable.h"
#include "trainer/data/dataset.h"
#include "trainer/training/stop_signal.h"

namespace provnet {

// `samples` with every image moved by two pixels right, left, down, up or along a diagonal (both
// axes), drawn from `seed` and the image's position.
Dataset ShiftedByTwoPixels(const Dataset& samples, uint64_t seed);

// Asks `servable` about every image of `data.test`, and of `data.train` (the samples of the bundle,
// in order) as they are and shifted, and fills the shares of Metrics: what a client of the server
// would see. An image retrieves itself when its own sample index is among the provenance ranks.
// CANCELLED when asked to stop; the engine's errors pass.
absl::StatusOr<v1::Metrics> Evaluate(const Servable& servable, const DatasetPair& data,
                                     uint64_t seed, const StopCondition& stop_requested);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPORT_EVALUATION_H_
