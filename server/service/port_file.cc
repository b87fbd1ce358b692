#include "server/service/port_file.h"

#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "storage/base/atomic_file.h"
#include "storage/base/file_io.h"

namespace provnet {

absl::Status PreparePortFile(const std::filesystem::path& path) {
  if (path.empty()) return absl::OkStatus();
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return ErrnoToStatus(EISDIR, "write", path);
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  if (std::filesystem::is_regular_file(std::filesystem::symlink_status(path, ignored))) {
    if (unlink(path.c_str()) != 0) return ErrnoToStatus(errno, "replace", path);
  } else if (!std::filesystem::exists(path, ignored) && access(folder.c_str(), W_OK | X_OK) != 0) {
    return ErrnoToStatus(errno, "write to the folder of", path);
  }
  return absl::OkStatus();
}

absl::Status WritePortFile(const std::filesystem::path& path, absl::string_view grpc_address,
                           absl::string_view http_address, absl::string_view health_address) {
  std::string lines = absl::StrCat("grpc=", grpc_address, "\nhttp=", http_address, "\n");
  if (!health_address.empty()) absl::StrAppend(&lines, "health=", health_address, "\n");
  return WriteFileAtomically(path, lines);
}

}  // namespace provnet
