#include "client/cli/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace provnet {
namespace {

bool WriteAll(int file, absl::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

absl::Status WriteFileAtomically(const std::string& path, absl::string_view content) {
  std::string temporary = absl::StrCat(path, ".XXXXXX");
  const int file = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (file < 0) return absl::ErrnoToStatus(errno, absl::StrCat("can't write ", path));
  // mkostemp makes private files; this one is as readable as any other of the user's.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  bool ok = ::fchmod(file, 0666 & ~mask) == 0 && WriteAll(file, content) && ::fsync(file) == 0;
  int error = errno;
  if (::close(file) != 0 && ok) {
    ok = false;
    error = errno;
  }
  if (ok && ::rename(temporary.c_str(), path.c_str()) == 0) return absl::OkStatus();
  if (ok) error = errno;
  ::unlink(temporary.c_str());
  return absl::ErrnoToStatus(error, absl::StrCat("can't write ", path));
}

}  // namespace provnet
