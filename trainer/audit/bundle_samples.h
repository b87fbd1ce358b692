#ifndef PROVNET_TRAINER_AUDIT_BUNDLE_SAMPLES_H_
#define PROVNET_TRAINER_AUDIT_BUNDLE_SAMPLES_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "provnet/v1/bundle.pb.h"
#include "trainer/data/dataset.h"
#include "trainer/training/stop_signal.h"

namespace provnet {

// A training sample that can't be audited, and why.
struct DamagedSample {
  uint64_t sample_index = 0;
  std::string reason;
};

// The training samples of a bundle, as an audit needs them: row r is sample sample_indices[r].
struct BundleSamples {
  v1::BundleManifest manifest;
  // Of manifest.json, in hexadecimal: names these bytes among all bundles.
  std::string digest;
  // Empty when every file of the bundle has its checksum, else what is wrong.
  std::string damage;
  // Images of the network's input size, in rows.
  Dataset data;
  std::vector<uint64_t> sample_indices;
  std::vector<std::string> source_ids;
  std::vector<DamagedSample> damaged;
};

// Verifies the bundle and reads its samples. A file whose checksum is wrong does not end it, as
// long as manifest and store open: `damage` says so, and samples that can't be read (or are no
// images, or have no class of the bundle) are listed in `damaged`. Errors name bundle and file:
// NOT_FOUND when it is none or lacks a file, DATA_LOSS when its manifest or store can't be opened,
// FAILED_PRECONDITION for a newer layout; CANCELLED when asked to stop.
absl::StatusOr<BundleSamples> ReadBundleSamples(const std::filesystem::path& bundle,
                                                const StopCondition& stop_requested);

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_BUNDLE_SAMPLES_H_
