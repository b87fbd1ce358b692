#ifndef PROVNET_TRAINER_EXPORT_PRECISION_CHECKS_H_
#define PROVNET_TRAINER_EXPORT_PRECISION_CHECKS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "provnet/v1/bundle.pb.h"
#include "server/engine/servable.h"
#include "storage/repository.h"
#include "trainer/data/dataset.h"
#include "trainer/training/stop_signal.h"

namespace provnet {

// Serves the bundle at `location` in fp32, then in each lower precision that this machine and the
// bundle's head offer, and counts how many of the ten best samples are the same, over at most 1,000
// of the images. `engine` says where and with how many threads. CANCELLED when asked to stop.
absl::StatusOr<std::vector<v1::PrecisionCheck>> CheckPrecisions(
    const BundleLocation& location, EngineOptions engine, const Dataset& images,
    const StopCondition& stop_requested);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPORT_PRECISION_CHECKS_H_
