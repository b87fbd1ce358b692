#include "storage/repository.h"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "storage/bundle_layout.h"

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

bool IsVersion(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / kManifestFile, ignored);
}

// The highest version in a model's folder.
std::optional<fs::path> HighestVersion(const fs::path& folder) {
  const absl::StatusOr<std::vector<uint64_t>> versions = ListVersions(folder);
  if (!versions.ok() || versions->empty()) return std::nullopt;
  return folder / std::to_string(versions->back());
}

// With or without a slash at its end.
fs::path Above(const fs::path& folder) {
  return folder.has_filename() ? folder.parent_path() : folder.parent_path().parent_path();
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

std::string RepositoryHint(const fs::path& folder) {
  const fs::path given = fs::absolute(folder).lexically_normal();
  if (IsVersion(given)) {
    return absl::StrCat("; ", folder.string(), " is one version of a model, give ",
                        Above(Above(given)).string());
  }
  if (HighestVersion(given).has_value()) {
    return absl::StrCat("; ", folder.string(), " is the folder of one model, give ",
                        Above(given).string());
  }
  return "";
}

std::string VersionHint(const fs::path& folder) {
  if (const std::optional<fs::path> version = HighestVersion(folder)) {
    return absl::StrCat("; ", folder.string(),
                        " is the folder of one model, give a version of it: ", version->string());
  }
  const absl::StatusOr<std::vector<BundleLocation>> versions = ScanRepository(folder);
  if (!versions.ok() || versions->empty()) return "";
  return absl::StrCat("; ", folder.string(), " is a model repository, give a version of a model: ",
                      versions->back().directory.string());
}

}  // namespace provnet
