#ifndef PROVNET_TRAINER_EXPORT_FIT_H_
#define PROVNET_TRAINER_EXPORT_FIT_H_

#include "absl/status/statusor.h"
#include "provnet/v1/bundle.pb.h"
#include "storage/base/clock.h"
#include "trainer/export/fit_options.h"
#include "trainer/training/progress.h"
#include "trainer/training/stop_signal.h"

namespace provnet {

class World;

// Trains a network, evaluates it through the serving engine and publishes it as the next version of
// options.output. Returns the published manifest, metrics included.
//
// Options, output folder and data are checked before any training. Readers of the repository see no
// version, or one with its metrics; on every error, and when `stop_requested` said so (CANCELLED),
// they see none. The checkpoint of the last whole epoch then stays in
// CheckpointDirectoryPath(options), and a run with `resume` goes on from there. Blocks; uses and
// configures LibTorch's global threads.
//
// With a `world`, of which this is rank 0, the other ranks call TakePartInFit.
absl::StatusOr<v1::BundleManifest> RunFit(const FitOptions& options, ProgressListener& progress,
                                          const Clock& clock, const StopCondition& stop_requested,
                                          World* world = nullptr);

// The text of the world under which rank 0 posts the mask of the chosen subset, empty where nothing
// is chosen by scores.
inline constexpr char kSubsetText[] = "subset";

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPORT_FIT_H_
