#ifndef PROVNET_TRAINER_TRAINING_CHECKPOINT_DIRECTORY_H_
#define PROVNET_TRAINER_TRAINING_CHECKPOINT_DIRECTORY_H_

#include <filesystem>
#include <utility>

#include "absl/status/statusor.h"
#include "storage/base/file_io.h"

namespace provnet {

// The folder in which one run keeps its checkpoint. Locked (flock) while this object lives, so that
// two runs can't overwrite each other's; the lock goes with the process however it ends. Movable.
class CheckpointDirectory {
 public:
  // Creates the folder and its parents when missing, and proves that files can be written there.
  // FAILED_PRECONDITION when another process holds it; otherwise errors name the path.
  static absl::StatusOr<CheckpointDirectory> Open(const std::filesystem::path& path);

  std::filesystem::path checkpoint_path() const { return FileIn(path_); }
  // The same for a folder that is not opened.
  static std::filesystem::path FileIn(const std::filesystem::path& directory) {
    return directory / "checkpoint";
  }
  // Where the choice of samples is kept, which the checkpoint goes by.
  std::filesystem::path subset_path() const { return path_ / "subset"; }

  // Removes both, and the folder when nothing else is in it. The run is over: its result
  // is safe.
  void Remove();

 private:
  CheckpointDirectory(std::filesystem::path path, FileDescriptor lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}

  std::filesystem::path path_;
  FileDescriptor lock_;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_CHECKPOINT_DIRECTORY_H_
