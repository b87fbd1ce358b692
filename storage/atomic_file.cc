#include "storage/atomic_file.h"

#include <system_error>

#include "storage/base/status_macros.h"
#include "storage/file_io.h"

namespace provnet {
namespace {

absl::Status WriteAndRename(const std::filesystem::path& temporary,
                            const std::filesystem::path& path, absl::string_view contents) {
  PROVNET_RETURN_IF_ERROR(WriteFileDurably(temporary, contents));
  std::error_code error;
  std::filesystem::rename(temporary, path, error);
  return error ? ErrorCodeToStatus(error, "replace", path) : absl::OkStatus();
}

}  // namespace

absl::Status WriteFileAtomically(const std::filesystem::path& path, absl::string_view contents) {
  const std::filesystem::path temporary = path.string() + ".tmp";
  const absl::Status status = WriteAndRename(temporary, path, contents);
  if (!status.ok()) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    return status;
  }
  return SyncPath(path.has_parent_path() ? path.parent_path() : std::filesystem::path("."));
}

}  // namespace provnet
