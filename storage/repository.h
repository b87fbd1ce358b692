#ifndef PROVNET_STORAGE_REPOSITORY_H_
#define PROVNET_STORAGE_REPOSITORY_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace provnet {

// One published version in a model repository.
struct BundleLocation {
  std::string model;
  uint64_t version = 0;
  std::filesystem::path directory;
};

// Lists <root>/<model>/<version>/ folders, sorted by model, then version. Names that start with a
// dot and folders whose name is not a positive decimal integer without leading zero are passed
// over: staging folders among them. NOT_FOUND or PERMISSION_DENIED with the path.
absl::StatusOr<std::vector<BundleLocation>> ScanRepository(const std::filesystem::path& root);

// The versions of one model folder, ascending; empty when the folder does not exist.
absl::StatusOr<std::vector<uint64_t>> ListVersions(const std::filesystem::path& model_directory);

// What to say to somebody who gave `folder` as a repository and none was found: "" or, where it
// is one model's folder, or one version's, "; FOLDER is ..., give PARENT".
std::string RepositoryHint(const std::filesystem::path& folder);
// The same for somebody who gave it as the folder of one version.
std::string VersionHint(const std::filesystem::path& folder);

}  // namespace provnet

#endif  // PROVNET_STORAGE_REPOSITORY_H_
