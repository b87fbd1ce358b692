#include "trainer/training/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

absl::Status ErrnoStatus(absl::string_view action, const std::filesystem::path& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("can't ", action, " ", path.string()));
}

absl::Status WriteAndSync(int file, absl::string_view contents, const std::filesystem::path& path) {
  while (!contents.empty()) {
    const ssize_t written = write(file, contents.data(), contents.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrnoStatus("write", path);
    contents.remove_prefix(static_cast<size_t>(written));
  }
  if (fsync(file) != 0) return ErrnoStatus("sync", path);
  return absl::OkStatus();
}

absl::Status WriteNewFile(const std::filesystem::path& path, absl::string_view contents) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return ErrnoStatus("create", path);
  const absl::Status status = WriteAndSync(file, contents, path);
  // Some file systems report a full disk only here.
  if (close(file) != 0 && status.ok()) return ErrnoStatus("close", path);
  return status;
}

absl::Status SyncFolder(const std::filesystem::path& folder) {
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return ErrnoStatus("open", folder);
  const absl::Cleanup close_folder = [file] { close(file); };
  if (fsync(file) != 0) return ErrnoStatus("sync", folder);
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteFileAtomically(const std::filesystem::path& path, absl::string_view contents) {
  const std::filesystem::path temporary = path.string() + ".tmp";
  absl::Status status = WriteNewFile(temporary, contents);
  if (status.ok() && rename(temporary.c_str(), path.c_str()) != 0) {
    status = ErrnoStatus("replace", path);
  }
  if (!status.ok()) {
    unlink(temporary.c_str());
    return status;
  }
  return SyncFolder(path.has_parent_path() ? path.parent_path() : ".");
}

absl::StatusOr<std::string> ReadWholeFile(const std::filesystem::path& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return ErrnoStatus("open", path);
  std::ostringstream contents;
  contents << file.rdbuf();
  if (file.bad() || contents.fail()) {
    return absl::DataLossError(absl::StrCat("can't read ", path.string()));
  }
  return std::move(contents).str();
}

}  // namespace provnet
