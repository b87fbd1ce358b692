#include "storage/staging_directory.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <random>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

constexpr char kPrefix[] = ".staging-";
// A name is lost only to another process drawing the same 64 bits, or to a cleaner in the instant
// before we lock.
constexpr int kCreateAttempts = 16;

std::string DrawName() {
  std::random_device random;
  const uint64_t bits = uint64_t{random()} << 32 | random();
  return absl::StrCat(kPrefix, ::getpid(), "-", absl::Hex(bits, absl::kZeroPad16));
}

FileDescriptor OpenFolder(const fs::path& path) {
  return FileDescriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// Whether `path` still names the folder that was opened.
bool IsSameFolder(const fs::path& path, const FileDescriptor& folder) {
  struct stat named, opened;
  return ::stat(path.c_str(), &named) == 0 && ::fstat(folder.get(), &opened) == 0 &&
         named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

// The pid in a staging folder's name.
std::optional<pid_t> PidOf(const std::string& name) {
  if (!absl::StartsWith(name, kPrefix)) return std::nullopt;
  const std::vector<std::string> parts = absl::StrSplit(name.substr(sizeof(kPrefix) - 1), '-');
  pid_t pid = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &pid) || pid <= 0) return std::nullopt;
  return pid;
}

// On true `folder` holds the lock.
bool IsOrphan(const FileDescriptor& folder, pid_t pid) {
  if (::flock(folder.get(), LOCK_EX | LOCK_NB) == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  return ::kill(pid, 0) != 0 && errno == ESRCH;
}

}  // namespace

absl::StatusOr<std::unique_ptr<StagingDirectory>> StagingDirectory::Create(const fs::path& parent) {
  fs::path path;
  for (int attempt = 0; attempt < kCreateAttempts; ++attempt) {
    path = parent / DrawName();
    if (::mkdir(path.c_str(), 0777) != 0) {
      if (errno == EEXIST) continue;
      return ErrnoToStatus(errno, "create folder", path);
    }
    FileDescriptor lock = OpenFolder(path);
    if (!lock.valid()) {
      if (errno == ENOENT) continue;
      return ErrnoToStatus(errno, "open folder", path);
    }
    // Waits only for a cleaner that took the folder for an orphan before we got here. A file system
    // without locks is no reason to fail.
    while (::flock(lock.get(), LOCK_EX) != 0 && errno == EINTR) {
    }
    if (IsSameFolder(path, lock)) {
      return std::unique_ptr<StagingDirectory>(new StagingDirectory(path, std::move(lock)));
    }
  }
  return absl::UnavailableError(
      absl::StrCat("cannot create folder ", path.string(), ": other writers kept removing it"));
}

StagingDirectory::~StagingDirectory() {
  std::error_code ignored;
  if (owned_) fs::remove_all(path_, ignored);
}

void RemoveOrphanedStagingDirectories(const fs::path& parent) {
  std::error_code error;
  for (fs::directory_iterator entry(parent, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::optional<pid_t> pid = PidOf(entry->path().filename().string());
    if (!pid.has_value()) continue;
    const FileDescriptor folder = OpenFolder(entry->path());
    if (!folder.valid() || !IsOrphan(folder, *pid)) continue;
    std::error_code ignored;
    fs::remove_all(entry->path(), ignored);
  }
}

}  // namespace provnet
