#include "storage/base/atomic_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

// Links of links; more make a loop, as for the kernel.
constexpr int kMostLinks = 40;

fs::path FolderOf(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

// The file to replace: `path`, or where its links lead. None where nothing can take its place: a
// device, a pipe, or what a process has open (/dev/stdout).
std::optional<fs::path> ReplaceableFile(const fs::path& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  if (fs::exists(status) && !fs::is_regular_file(status)) return std::nullopt;
  fs::path file = path;
  for (int links = 0; links < kMostLinks && fs::is_symlink(fs::symlink_status(file, ignored));
       ++links) {
    if (absl::StartsWith(fs::canonical(FolderOf(file), ignored).string(), "/proc/")) {
      return std::nullopt;
    }
    file = file.parent_path() / fs::read_symlink(file, ignored);
  }
  return file;
}

absl::Status WriteThrough(const fs::path& path, absl::string_view contents) {
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (!file.valid()) return ErrnoToStatus(errno, "write to", path);
  DurableFileWriter writer(path, std::move(file));
  PROVNET_RETURN_IF_ERROR(writer.Append(contents));
  return writer.Close();
}

// The temporary file, empty, and nobody else's until its descriptor is closed: another writer of
// the same file waits for that (where the file system has locks), and what a crash left is used
// again. A link that was put in its place is refused.
absl::StatusOr<FileDescriptor> OpenTemporary(const fs::path& path) {
  while (true) {
    FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!file.valid()) return ErrnoToStatus(errno, "create", path);
    while (::flock(file.get(), LOCK_EX) != 0 && errno == EINTR) {
    }
    struct stat opened = {}, named = {};
    if (::fstat(file.get(), &opened) != 0) return ErrnoToStatus(errno, "create", path);
    // Who had it before has published it, or removed it.
    if (::lstat(path.c_str(), &named) != 0 || opened.st_ino != named.st_ino) continue;
    if (::ftruncate(file.get(), 0) != 0) return ErrnoToStatus(errno, "create", path);
    return file;
  }
}

absl::Status FillAndRename(FileDescriptor file, const fs::path& temporary, const fs::path& path,
                           absl::string_view contents) {
  // Closed at the end, and so free for others only when it has its name.
  DurableFileWriter writer(temporary, std::move(file));
  absl::Status status = writer.Append(contents);
  if (status.ok()) status = writer.Sync();
  std::error_code error;
  if (status.ok()) fs::rename(temporary, path, error);
  if (error) status = ErrorCodeToStatus(error, "replace", path);
  if (!status.ok()) fs::remove(temporary, error);
  return status;
}

}  // namespace

absl::Status WriteFileAtomically(const fs::path& path, absl::string_view contents) {
  const std::optional<fs::path> file = ReplaceableFile(path);
  if (!file.has_value()) return WriteThrough(path, contents);
  const fs::path temporary = file->string() + ".tmp";
  PROVNET_ASSIGN_OR_RETURN(FileDescriptor opened, OpenTemporary(temporary));
  PROVNET_RETURN_IF_ERROR(FillAndRename(std::move(opened), temporary, *file, contents));
  return SyncPath(FolderOf(*file));
}

absl::Status CheckWritable(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    return absl::FailedPreconditionError(
        absl::StrCat(path.string(), " is a folder, expected a file to write"));
  }
  const std::optional<fs::path> file = ReplaceableFile(path);
  if (file.has_value() && ::access(FolderOf(*file).c_str(), W_OK | X_OK) != 0) {
    return ErrnoToStatus(errno, "write to the folder of", *file);
  }
  return absl::OkStatus();
}

}  // namespace provnet
