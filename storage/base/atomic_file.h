#ifndef PROVNET_STORAGE_BASE_ATOMIC_FILE_H_
#define PROVNET_STORAGE_BASE_ATOMIC_FILE_H_

#include <filesystem>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace provnet {

// Replaces `path` with `contents`: writes and syncs "<path>.tmp", renames, syncs the folder.
// Readers and crashes see the old file or the new one. Errors are ErrnoToStatus's; the old file
// stays and the temporary one is removed. A link stays, and the file that it leads to is replaced.
// Of several writers at a time the last one wins, whole. What is no file, as /dev/null, a pipe or
// /dev/stdout, is written to and stays what it is.
absl::Status WriteFileAtomically(const std::filesystem::path& path, absl::string_view contents);

// Fails before the work rather than after, where WriteFileAtomically could not write `path`: a
// folder has its name, or the folder that it would be in is missing or can't be written. Changes
// nothing. A disk that is full is not found, and what is no file, as a pipe, is not tried.
absl::Status CheckWritable(const std::filesystem::path& path);

}  // namespace provnet

#endif  // PROVNET_STORAGE_BASE_ATOMIC_FILE_H_
