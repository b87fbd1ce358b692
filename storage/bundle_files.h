#ifndef PROVNET_STORAGE_BUNDLE_FILES_H_
#define PROVNET_STORAGE_BUNDLE_FILES_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "storage/sha256.h"

namespace provnet {

// An entry of a bundle's folder that is not a folder itself.
struct BundleFile {
  // Relative to the bundle's folder, '/'-separated.
  std::string path;
  uint64_t size_bytes = 0;
  // False for symbolic links, sockets and the like, which have no place in a bundle.
  bool is_regular = false;
};

// Everything below `bundle_directory`, at any depth, sorted by path (bytewise). Links are not
// followed.
absl::StatusOr<std::vector<BundleFile>> ListBundleFiles(
    const std::filesystem::path& bundle_directory);

// Whether `path` may name a file in a bundle: components of [A-Za-z0-9._+-], '/' between them, none
// of them "", "." or
// "..". So no path leaves the bundle, and none needs quoting in a shell.
bool IsBundlePath(absl::string_view path);

// The digest of each file, or its error, in the order of `paths`. Reads in parallel, at most one
// thread a core.
std::vector<absl::StatusOr<Sha256Digest>> DigestBundleFiles(
    const std::filesystem::path& bundle_directory, absl::Span<const std::string> paths);

}  // namespace provnet

#endif  // PROVNET_STORAGE_BUNDLE_FILES_H_
