#ifndef PROVNET_STORAGE_BASE_FILE_IO_H_
#define PROVNET_STORAGE_BASE_FILE_IO_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <system_error>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace provnet {

// The one place that turns errno into a status. "no space left on device: PATH"
// (RESOURCE_EXHAUSTED) for ENOSPC and EDQUOT; otherwise "cannot ACTION PATH: REASON" with NOT_FOUND
// (ENOENT, ENOTDIR), PERMISSION_DENIED (EACCES, EPERM, EROFS), ALREADY_EXISTS (EEXIST, ENOTEMPTY),
// FAILED_PRECONDITION (EISDIR), RESOURCE_EXHAUSTED (out of descriptors or memory, file too large),
// DATA_LOSS (EIO) or INTERNAL.
absl::Status ErrnoToStatus(int error_number, absl::string_view action,
                           const std::filesystem::path& path);
absl::Status ErrorCodeToStatus(const std::error_code& error, absl::string_view action,
                               const std::filesystem::path& path);

// An owned POSIX file descriptor, closed on destruction. Not thread-safe.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// Opens for reading and closes on exec. The status is ErrnoToStatus's.
absl::StatusOr<FileDescriptor> OpenForReading(const std::filesystem::path& path);

// Writes a file piece by piece. What was written survives a crash once Close has returned OK. Not
// thread-safe.
class DurableFileWriter {
 public:
  // Creates the file, or empties the one that is there.
  static absl::StatusOr<DurableFileWriter> Create(const std::filesystem::path& path);
  // Goes on where `file`, which is open for writing, stands; `path` is for messages.
  DurableFileWriter(std::filesystem::path path, FileDescriptor file)
      : path_(std::move(path)), file_(std::move(file)) {}

  absl::Status Append(absl::string_view bytes);
  // What was written survives a crash from here on; the file stays open.
  absl::Status Sync();
  // Syncs and closes. Call once, last; without it the file's contents are unspecified.
  absl::Status Close();

 private:
  std::filesystem::path path_;
  FileDescriptor file_;
};

// Writes the whole file and syncs it; the folder's entry needs SyncPath on the folder as well.
absl::Status WriteFileDurably(const std::filesystem::path& path, absl::string_view bytes);

// The whole file. RESOURCE_EXHAUSTED when it is longer than `max_bytes`; DATA_LOSS when it can't be
// read.
absl::StatusOr<std::string> ReadFile(const std::filesystem::path& path,
                                     size_t max_bytes = std::numeric_limits<size_t>::max());

// fsync of a file, or of a folder's entries.
absl::Status SyncPath(const std::filesystem::path& path);

}  // namespace provnet

#endif  // PROVNET_STORAGE_BASE_FILE_IO_H_
