#ifndef PROVNET_TRAINER_TRAINING_ATOMIC_FILE_H_
#define PROVNET_TRAINER_TRAINING_ATOMIC_FILE_H_

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace provnet {

// Replaces `path` with `contents`: writes and syncs a temporary file beside it, renames, syncs the
// folder. Readers and crashes see the old file or the new one. Errors name the file:
// RESOURCE_EXHAUSTED when the disk is full, PERMISSION_DENIED, NOT_FOUND (no such folder); the old
// file stays and the temporary one is removed.
absl::Status WriteFileAtomically(const std::filesystem::path& path, absl::string_view contents);

// The whole file. NOT_FOUND, PERMISSION_DENIED or DATA_LOSS with the path.
absl::StatusOr<std::string> ReadWholeFile(const std::filesystem::path& path);

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_ATOMIC_FILE_H_
