#ifndef PROVNET_TRAINER_EXPORT_GOLDEN_RECORDING_H_
#define PROVNET_TRAINER_EXPORT_GOLDEN_RECORDING_H_

#include "absl/status/statusor.h"
#include "provnet/v1/golden.pb.h"
#include "server/engine/servable.h"
#include "trainer/data/dataset.h"

namespace provnet {

// What `servable` answers about a few images, for servers to ask again when they load the bundle:
// up to eight, evenly spaced in `images`, with up to five exemplars each. Errors of the engine
// pass.
absl::StatusOr<v1::GoldenAnswers> RecordGolden(const Servable& servable, const Dataset& images);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPORT_GOLDEN_RECORDING_H_
