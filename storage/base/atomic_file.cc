#include "storage/base/atomic_file.h"

#include <optional>
#include <system_error>

#include "absl/strings/match.h"
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
  PROVNET_ASSIGN_OR_RETURN(DurableFileWriter writer, DurableFileWriter::OpenExisting(path));
  PROVNET_RETURN_IF_ERROR(writer.Append(contents));
  return writer.Close();
}

absl::Status WriteAndRename(const fs::path& temporary, const fs::path& file,
                            absl::string_view contents) {
  PROVNET_RETURN_IF_ERROR(WriteFileDurably(temporary, contents));
  std::error_code error;
  fs::rename(temporary, file, error);
  return error ? ErrorCodeToStatus(error, "replace", file) : absl::OkStatus();
}

}  // namespace

absl::Status WriteFileAtomically(const fs::path& path, absl::string_view contents) {
  const std::optional<fs::path> file = ReplaceableFile(path);
  if (!file.has_value()) return WriteThrough(path, contents);
  const fs::path temporary = file->string() + ".tmp";
  const absl::Status status = WriteAndRename(temporary, *file, contents);
  if (!status.ok()) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    return status;
  }
  return SyncPath(FolderOf(*file));
}

}  // namespace provnet
