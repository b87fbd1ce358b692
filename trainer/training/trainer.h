#ifndef PROVNET_TRAINER_TRAINING_TRAINER_H_
#define PROVNET_TRAINER_TRAINING_TRAINER_H_

#include <c10/core/Device.h>

#include <functional>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/base/clock.h"
#include "trainer/data/dataset.h"
#include "trainer/network/provenance_network.h"
#include "trainer/training/checkpoint.h"
#include "trainer/training/progress.h"
#include "trainer/training/stop_signal.h"
#include "trainer/training/training_options.h"

namespace provnet {

class World;

// The network that `options` and `data` call for. INVALID_ARGUMENT when the network's limits don't
// allow the data.
absl::StatusOr<NetworkSpec> SpecFor(const Dataset& data, const TrainingOptions& options);

// What surrounds a fit.
struct TrainingContext {
  // Written after every epoch; the caller removes it once the result is safe. Without one, an
  // interrupted fit starts over.
  std::optional<CheckpointFile> checkpoint;
  // Continue from `checkpoint`, which must be set and exist, instead of overwriting it.
  bool resume = false;
  ProgressListener& progress;
  const Clock& clock;
  // Asked after each batch.
  StopCondition stop_requested;
  // Called with the network, in training mode, and the number of the epoch, from 0, after each
  // epoch; may use the network in evaluation mode, too. An error ends the fit.
  std::function<absl::Status(ProvenanceNetwork&, uint32_t)> after_epoch = nullptr;
  // Where the network is while it is fitted; it comes back in main memory. On GPUs sums have other
  // roundings, and dropout draws other features.
  c10::Device device = c10::kCPU;
  // The processes that fit the network together, each a share of every batch. All call Train with
  // equal data and options; only rank 0 has a checkpoint. Null to train alone.
  World* world = nullptr;
};

// A fitted network, in evaluation mode, and what it took.
struct TrainedNetwork {
  ProvenanceNetwork network;
  // Over all processes that took part, in the epochs that count.
  absl::Duration training_time;
};

// Fits a network to `data`. An epoch's order, dropout and views are drawn from (seed, epoch), so a
// resumed run ends in exactly the network of an uninterrupted one. `identity` marks the checkpoint,
// see RunIdentity.
//
// Blocks for the whole fit; uses LibTorch's threads and sets its global seed. CANCELLED when asked
// to stop: the checkpoint of the last whole epoch, if any, stays. INTERNAL when a loss is no longer
// finite (says where); errors of the checkpoint pass through. UNAVAILABLE when a rank of the world
// is gone; a stop on one rank stops all. Every rank ends with the same network, which is that of
// one process but for rounding and for what dropout draws.
absl::StatusOr<TrainedNetwork> Train(const Dataset& data, const TrainingOptions& options,
                                     const RunIdentity& identity, TrainingContext& context);

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_TRAINER_H_
