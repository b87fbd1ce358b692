#ifndef PROVNET_STORAGE_ATOMIC_FILE_H_
#define PROVNET_STORAGE_ATOMIC_FILE_H_

#include <filesystem>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace provnet {

// Replaces `path` with `contents`: writes and syncs "<path>.tmp", renames, syncs the folder.
// Readers and crashes see the old file or the new one. Errors are ErrnoToStatus's; the old file
// stays and the temporary one is removed.
absl::Status WriteFileAtomically(const std::filesystem::path& path, absl::string_view contents);

}  // namespace provnet

#endif  // PROVNET_STORAGE_ATOMIC_FILE_H_
