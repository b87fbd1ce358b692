#include "storage/bundle_verifier.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "storage/base/status_prefix.h"
#include "storage/bundle_files.h"
#include "storage/bundle_layout.h"
#include "storage/manifest.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

// Some 150 bytes describe a file; no bundle has that many.
constexpr size_t kMaxManifestBytes = size_t{64} << 20;

// Errors name the file relative to the bundle; the bundle is named by VerifyBundle.
absl::StatusOr<std::string> ReadNamedFile(const fs::path& directory, const char* name,
                                          size_t max_bytes) {
  absl::StatusOr<std::string> bytes = ReadFile(directory / name, max_bytes);
  if (bytes.ok()) return bytes;
  switch (bytes.status().code()) {
    case absl::StatusCode::kNotFound:
      return absl::NotFoundError(absl::StrCat(name, ": missing"));
    case absl::StatusCode::kPermissionDenied:
      return bytes.status();
    default:
      return absl::DataLossError(absl::StrCat(name, ": ", bytes.status().message()));
  }
}

absl::StatusOr<v1::BundleManifest> ReadManifest(const fs::path& directory) {
  PROVNET_ASSIGN_OR_RETURN(const std::string digest_line,
                           ReadNamedFile(directory, kManifestDigestFile, /*max_bytes=*/1024));
  PROVNET_ASSIGN_OR_RETURN(const std::string json,
                           ReadNamedFile(directory, kManifestFile, kMaxManifestBytes));
  if (digest_line != ManifestDigestLine(json)) {
    return absl::DataLossError(absl::StrCat(kManifestFile, ": its sha256 is not the one in ",
                                            kManifestDigestFile,
                                            "; one of the two files is damaged"));
  }
  return ParseManifest(json);
}

absl::Status CheckFile(const v1::FileEntry& entry, const BundleFile& file) {
  if (!file.is_regular) {
    return absl::DataLossError(absl::StrCat(entry.path(), ": not a regular file"));
  }
  if (file.size_bytes != entry.size_bytes()) {
    return absl::DataLossError(absl::StrCat(entry.path(), ": ", file.size_bytes, " bytes, ",
                                            kManifestFile, " says ", entry.size_bytes()));
  }
  return absl::OkStatus();
}

// The folder holds exactly the files of the manifest, with their sizes.
absl::Status CheckListing(const fs::path& directory, const v1::BundleManifest& manifest) {
  PROVNET_ASSIGN_OR_RETURN(const std::vector<BundleFile> present, ListBundleFiles(directory));
  absl::flat_hash_map<std::string, const BundleFile*> by_path;
  for (const BundleFile& file : present) by_path.emplace(file.path, &file);
  by_path.erase(kManifestFile);
  by_path.erase(kManifestDigestFile);
  for (const v1::FileEntry& entry : manifest.files()) {
    const auto file = by_path.find(entry.path());
    if (file == by_path.end()) return absl::NotFoundError(absl::StrCat(entry.path(), ": missing"));
    PROVNET_RETURN_IF_ERROR(CheckFile(entry, *file->second));
    by_path.erase(file);
  }
  for (const BundleFile& file : present) {
    if (!by_path.contains(file.path)) continue;
    return absl::DataLossError(absl::StrCat(file.path, ": not listed in ", kManifestFile));
  }
  return absl::OkStatus();
}

absl::Status CheckDigests(const fs::path& directory, const v1::BundleManifest& manifest) {
  std::vector<std::string> paths;
  for (const v1::FileEntry& entry : manifest.files()) paths.push_back(entry.path());
  const std::vector<absl::StatusOr<Sha256Digest>> digests = DigestBundleFiles(directory, paths);
  for (size_t i = 0; i < digests.size(); ++i) {
    PROVNET_RETURN_IF_ERROR(digests[i].status());
    const std::string& expected = manifest.files(static_cast<int>(i)).sha256();
    // Callers are told this text, and not all of them may know the digests of files.
    if (ToHex(*digests[i]) != expected) {
      return absl::DataLossError(
          absl::StrCat(paths[i], ": damaged: its sha256 is not the one in ", kManifestFile));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::BundleManifest> ReadAndList(const fs::path& directory) {
  PROVNET_ASSIGN_OR_RETURN(v1::BundleManifest manifest, ReadManifest(directory));
  PROVNET_RETURN_IF_ERROR(CheckListing(directory, manifest));
  return manifest;
}

absl::StatusOr<v1::BundleManifest> Verify(const fs::path& directory) {
  PROVNET_ASSIGN_OR_RETURN(v1::BundleManifest manifest, ReadAndList(directory));
  PROVNET_RETURN_IF_ERROR(CheckDigests(directory, manifest));
  return manifest;
}

absl::StatusOr<v1::BundleManifest> WithName(const fs::path& directory,
                                            absl::StatusOr<v1::BundleManifest> manifest) {
  if (manifest.ok()) return manifest;
  return WithPrefix(absl::StrCat("bundle ", directory.string()), manifest.status());
}

}  // namespace

absl::StatusOr<v1::BundleManifest> ReadBundleManifest(const fs::path& bundle_directory) {
  return WithName(bundle_directory, ReadAndList(bundle_directory));
}

absl::StatusOr<v1::BundleManifest> VerifyBundle(const fs::path& bundle_directory) {
  return WithName(bundle_directory, Verify(bundle_directory));
}

}  // namespace provnet
