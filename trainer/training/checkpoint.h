#ifndef PROVNET_TRAINER_TRAINING_CHECKPOINT_H_
#define PROVNET_TRAINER_TRAINING_CHECKPOINT_H_

#include <torch/optim.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "trainer/network/provenance_network.h"

namespace provnet {

// What makes two runs the same: data set, network and options by name.
using RunIdentity = std::map<std::string, std::string>;

// How far a run has come.
struct RunPosition {
  uint32_t completed_epochs = 0;
  // Time spent in those epochs, over all processes that took part.
  absl::Duration training_time = absl::ZeroDuration();
};

// The file from which an interrupted run continues: a header line, a line with the SHA-256 of the
// rest, and a LibTorch archive of identity, position, network and optimiser. Always whole: written
// beside and renamed. Not thread-safe.
class CheckpointFile {
 public:
  explicit CheckpointFile(std::filesystem::path path) : path_(std::move(path)) {}

  const std::filesystem::path& path() const { return path_; }
  bool Exists() const;

  absl::Status Save(const RunIdentity& identity, const RunPosition& position,
                    const ProvenanceNetwork& network,
                    const torch::optim::Optimizer& optimizer) const;

  // Puts network and optimiser into the saved state; they were made for the same identity. Errors
  // name the path: NOT_FOUND; DATA_LOSS (damaged); FAILED_PRECONDITION (another run's: names each
  // field that differs, with both values). After an error the two are unusable.
  absl::StatusOr<RunPosition> Restore(const RunIdentity& identity, ProvenanceNetwork& network,
                                      torch::optim::Optimizer& optimizer) const;

 private:
  const std::filesystem::path path_;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_CHECKPOINT_H_
