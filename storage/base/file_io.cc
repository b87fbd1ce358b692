#include "storage/base/file_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

constexpr size_t kReadBlockBytes = size_t{1} << 16;

absl::StatusCode CodeOf(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return absl::StatusCode::kNotFound;
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::StatusCode::kPermissionDenied;
    case EEXIST:
    case ENOTEMPTY:
      return absl::StatusCode::kAlreadyExists;
    case EISDIR:
      return absl::StatusCode::kFailedPrecondition;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EFBIG:
      return absl::StatusCode::kResourceExhausted;
    case EIO:
      return absl::StatusCode::kDataLoss;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

absl::Status ErrnoToStatus(int error_number, absl::string_view action,
                           const std::filesystem::path& path) {
  if (error_number == ENOSPC || error_number == EDQUOT) {
    return absl::ResourceExhaustedError(absl::StrCat("no space left on device: ", path.string()));
  }
  return absl::Status(CodeOf(error_number),
                      absl::StrCat("cannot ", action, " ", path.string(), ": ",
                                   std::generic_category().message(error_number)));
}

absl::Status ErrorCodeToStatus(const std::error_code& error, absl::string_view action,
                               const std::filesystem::path& path) {
  return ErrnoToStatus(error.default_error_condition().value(), action, path);
}

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

absl::StatusOr<FileDescriptor> OpenForReading(const std::filesystem::path& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return ErrnoToStatus(errno, "open", path);
  return file;
}

absl::StatusOr<DurableFileWriter> DurableFileWriter::Create(const std::filesystem::path& path) {
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (!file.valid()) return ErrnoToStatus(errno, "create", path);
  return DurableFileWriter(path, std::move(file));
}

absl::Status DurableFileWriter::Append(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoToStatus(errno, "write", path_);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status DurableFileWriter::Sync() {
  // EINVAL: a target such as a pipe or /dev/full that has nothing to sync.
  if (::fsync(file_.get()) != 0 && errno != EINVAL) return ErrnoToStatus(errno, "sync", path_);
  return absl::OkStatus();
}

absl::Status DurableFileWriter::Close() {
  absl::Status status = Sync();
  file_ = FileDescriptor();
  return status;
}

absl::Status WriteFileDurably(const std::filesystem::path& path, absl::string_view bytes) {
  PROVNET_ASSIGN_OR_RETURN(DurableFileWriter writer, DurableFileWriter::Create(path));
  PROVNET_RETURN_IF_ERROR(writer.Append(bytes));
  return writer.Close();
}

absl::StatusOr<std::string> ReadFile(const std::filesystem::path& path, size_t max_bytes) {
  PROVNET_ASSIGN_OR_RETURN(const FileDescriptor file, OpenForReading(path));
  std::string bytes;
  char block[kReadBlockBytes];
  while (true) {
    const ssize_t count = ::read(file.get(), block, sizeof(block));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoToStatus(errno, "read", path);
    if (count == 0) return bytes;
    if (static_cast<size_t>(count) > max_bytes - bytes.size()) {
      return absl::ResourceExhaustedError(
          absl::StrCat(path.string(), " is longer than the allowed ", max_bytes, " bytes"));
    }
    bytes.append(block, static_cast<size_t>(count));
  }
}

absl::Status SyncPath(const std::filesystem::path& path) {
  PROVNET_ASSIGN_OR_RETURN(const FileDescriptor file, OpenForReading(path));
  if (::fsync(file.get()) != 0) return ErrnoToStatus(errno, "sync", path);
  return absl::OkStatus();
}

}  // namespace provnet
