#ifndef PROVNET_STORAGE_STAGING_DIRECTORY_H_
#define PROVNET_STORAGE_STAGING_DIRECTORY_H_

#include <filesystem>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/base/file_io.h"

namespace provnet {

// A folder `.staging-<pid>-<random>` that its process fills and then renames. While this object
// lives the folder is locked (flock), and the lock goes with the process however it ends: so a
// folder that can be locked is an orphan. This also holds between containers that share a volume,
// where process ids say nothing. Where the file system has no locks, a folder is an orphan when no
// process has its pid. Not thread-safe.
class StagingDirectory {
 public:
  // `parent` must exist.
  static absl::StatusOr<std::unique_ptr<StagingDirectory>> Create(
      const std::filesystem::path& parent);

  // Removes the folder unless Release was called.
  ~StagingDirectory();
  StagingDirectory(const StagingDirectory&) = delete;
  StagingDirectory& operator=(const StagingDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // The folder has been renamed: it is no longer this object's to remove.
  void Release() { owned_ = false; }

 private:
  StagingDirectory(std::filesystem::path path, FileDescriptor lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}

  const std::filesystem::path path_;
  const FileDescriptor lock_;
  bool owned_ = true;
};

// Removes the orphans in `parent`, as far as it may. Safe beside running writers.
void RemoveOrphanedStagingDirectories(const std::filesystem::path& parent);

}  // namespace provnet

#endif  // PROVNET_STORAGE_STAGING_DIRECTORY_H_
