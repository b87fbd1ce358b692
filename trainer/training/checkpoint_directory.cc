#include "trainer/training/checkpoint_directory.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

constexpr char kLockFile[] = "lock";

}  // namespace

absl::StatusOr<CheckpointDirectory> CheckpointDirectory::Open(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return ErrorCodeToStatus(error, "create folder", path);
  const std::filesystem::path lock_path = path / kLockFile;
  FileDescriptor lock(::open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!lock.valid()) return ErrnoToStatus(errno, "create", lock_path);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return ErrnoToStatus(errno, "lock", lock_path);
    return absl::FailedPreconditionError(
        absl::StrCat("another run is using the checkpoint folder ", path.string(),
                     ": wait for it, or name another with --checkpoint-dir"));
  }
  const std::filesystem::path probe = path / "probe";
  PROVNET_RETURN_IF_ERROR(WriteFileDurably(probe, "probe"));
  std::filesystem::remove(probe, error);
  return CheckpointDirectory(path, std::move(lock));
}

void CheckpointDirectory::Remove() {
  std::error_code ignored;
  std::filesystem::remove(checkpoint_path(), ignored);
  std::filesystem::remove(subset_path(), ignored);
  std::filesystem::remove(path_ / kLockFile, ignored);
  std::filesystem::remove(path_, ignored);
}

}  // namespace provnet
