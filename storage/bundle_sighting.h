#ifndef PROVNET_STORAGE_BUNDLE_SIGHTING_H_
#define PROVNET_STORAGE_BUNDLE_SIGHTING_H_

#include <filesystem>
#include <string>

#include "absl/status/status.h"

namespace provnet {

// Equal as long as no file below the folder comes, goes, is replaced, or changes its size or its
// modification time. Empty when the folder can't be listed. Costs a listing.
std::string BundleFingerprint(const std::filesystem::path& bundle_directory);

// What a glance at a bundle's folder shows, without reading the files that it holds.
struct BundleSighting {
  // As BundleFingerprint.
  std::string fingerprint;
  // OK when the manifest and every file it lists are there in their full size. Otherwise a copy is
  // under way or something is damaged: the first thing that VerifyBundle would complain of.
  absl::Status complete;
};

// Costs a listing and the manifest.
BundleSighting LookAtBundle(const std::filesystem::path& bundle_directory);

// The digest of manifest.json as manifest.json.sha256 names it, 64 hexadecimal digits, which tells
// bundles apart that took each other's place; empty when there is none to read. Costs one read.
std::string ReadBundleDigest(const std::filesystem::path& bundle_directory);

}  // namespace provnet

#endif  // PROVNET_STORAGE_BUNDLE_SIGHTING_H_
