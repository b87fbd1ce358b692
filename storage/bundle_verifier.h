#ifndef PROVNET_STORAGE_BUNDLE_VERIFIER_H_
#define PROVNET_STORAGE_BUNDLE_VERIFIER_H_

#include <filesystem>

#include "absl/status/statusor.h"
#include "provnet/v1/bundle.pb.h"

namespace provnet {

// Reads the manifest and verifies it and every file it lists against their sizes and sha256 digests
// (in parallel, at most one thread a core). Returns the manifest, or the first failure with the
// file's name relative to the bundle: NOT_FOUND (missing file), DATA_LOSS (size or digest differs,
// manifest unreadable, a file that the manifest does not list), FAILED_PRECONDITION (newer schema
// version: says both numbers).
absl::StatusOr<v1::BundleManifest> VerifyBundle(const std::filesystem::path& bundle_directory);

// The same without the files' digests: costs a listing and the manifest. For what has to be known
// before the rest is read; never in place of VerifyBundle.
absl::StatusOr<v1::BundleManifest> ReadBundleManifest(
    const std::filesystem::path& bundle_directory);

}  // namespace provnet

#endif  // PROVNET_STORAGE_BUNDLE_VERIFIER_H_
