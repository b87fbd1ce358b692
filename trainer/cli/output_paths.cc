#include "trainer/cli/output_paths.h"

#include <map>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "storage/base/atomic_file.h"
#include "storage/base/file_io.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

// Equal for every spelling of one place.
fs::path Normal(const fs::path& path) {
  std::error_code ignored;
  const fs::path normal = fs::absolute(path, ignored).lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

// A device or a pipe takes what several write.
bool TakesSeveral(const fs::path& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

}  // namespace

absl::Status CheckPathsDiffer(const std::vector<OutputPath>& outputs) {
  std::map<fs::path, std::string> names;
  for (const OutputPath& output : outputs) {
    if (output.path.empty() || TakesSeveral(output.path)) continue;
    const auto [first, is_new] = names.emplace(Normal(output.path), output.name);
    if (is_new) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(first->second, " and ", output.name, " both mean ", output.path.string(),
                     ", and one would overwrite the other: give each a place of its own"));
  }
  return absl::OkStatus();
}

absl::Status PrepareOutputFile(const fs::path& path) {
  if (path.empty()) return absl::OkStatus();
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  if (error) return ErrorCodeToStatus(error, "create", path.parent_path());
  return CheckWritable(path);
}

}  // namespace provnet
