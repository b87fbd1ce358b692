#include "storage/repository.h"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

// Nothing unless `name` is a positive decimal integer without leading zero.
std::optional<uint64_t> ParseVersion(const std::string& name) {
  if (name.empty() || name.front() < '1' || name.front() > '9') return std::nullopt;
  if (name.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  uint64_t version = 0;
  if (!absl::SimpleAtoi(name, &version)) return std::nullopt;
  return version;
}

// Names of the sub-folders (and links to folders) that do not start with a dot. Entries may come
// and go meanwhile.
absl::StatusOr<std::vector<std::string>> ListFolders(const fs::path& directory) {
  std::error_code error;
  fs::directory_iterator entry(directory, error);
  if (error) return ErrorCodeToStatus(error, "list", directory);
  std::vector<std::string> names;
  while (entry != fs::directory_iterator()) {
    std::error_code gone;
    std::string name = entry->path().filename().string();
    if (name.front() != '.' && entry->is_directory(gone)) names.push_back(std::move(name));
    entry.increment(error);
    if (error) return ErrorCodeToStatus(error, "list", directory);
  }
  return names;
}

}  // namespace

absl::StatusOr<std::vector<uint64_t>> ListVersions(const fs::path& model_directory) {
  const absl::StatusOr<std::vector<std::string>> names = ListFolders(model_directory);
  if (absl::IsNotFound(names.status())) return std::vector<uint64_t>();
  PROVNET_RETURN_IF_ERROR(names.status());
  std::vector<uint64_t> versions;
  for (const std::string& name : *names) {
    if (const std::optional<uint64_t> version = ParseVersion(name)) versions.push_back(*version);
  }
  std::sort(versions.begin(), versions.end());
  return versions;
}

absl::StatusOr<std::vector<BundleLocation>> ScanRepository(const fs::path& root) {
  PROVNET_ASSIGN_OR_RETURN(std::vector<std::string> models, ListFolders(root));
  std::sort(models.begin(), models.end());
  std::vector<BundleLocation> locations;
  for (const std::string& model : models) {
    PROVNET_ASSIGN_OR_RETURN(const std::vector<uint64_t> versions, ListVersions(root / model));
    for (const uint64_t version : versions) {
      locations.push_back({model, version, root / model / std::to_string(version)});
    }
  }
  return locations;
}

}  // namespace provnet
