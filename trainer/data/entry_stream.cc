#include "trainer/data/entry_stream.h"

#include <system_error>

#include "absl/strings/str_cat.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "trainer/data/archive_stream.h"
#include "trainer/data/directory_stream.h"

namespace provnet {

absl::StatusOr<std::unique_ptr<EntryStream>> OpenEntryStream(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    return absl::NotFoundError(absl::StrCat(path.string(), ": there is no such folder or archive"));
  }
  if (error) return ErrorCodeToStatus(error, "look at", path);
  if (std::filesystem::is_directory(status)) return OpenDirectoryStream(path);
  if (!std::filesystem::is_regular_file(status)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path.string(), ": is neither a folder nor a file; it is read twice"));
  }
  PROVNET_RETURN_IF_ERROR(OpenForReading(path).status());
  return OpenArchiveStream(path);
}

}  // namespace provnet
