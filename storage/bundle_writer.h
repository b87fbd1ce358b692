#ifndef PROVNET_STORAGE_BUNDLE_WRITER_H_
#define PROVNET_STORAGE_BUNDLE_WRITER_H_

#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "provnet/v1/bundle.pb.h"

namespace provnet {

// INVALID_ARGUMENT unless the last component of `model_directory` can be a model's name:
// [A-Za-z0-9._-]+ without a dot in front. Looks at no file.
absl::Status CheckModelName(const std::filesystem::path& model_directory);

// Builds one bundle in a temporary folder beside its final place and publishes it with one rename,
// so a reader sees a whole version or none. Not thread-safe; several processes may publish to one
// model at the same time.
class BundleWriter {
 public:
  // `model_directory` is <repository>/<model>; it is created when missing, with its parents, so
  // that they survive a crash. Stale temporary folders of processes that no longer run are removed.
  // Errors name the path: PERMISSION_DENIED, RESOURCE_EXHAUSTED, INVALID_ARGUMENT (CheckModelName).
  static absl::StatusOr<std::unique_ptr<BundleWriter>> Create(
      const std::filesystem::path& model_directory);

  // Removes the temporary folder unless Publish succeeded.
  virtual ~BundleWriter() = default;

  // Where the caller puts the bundle's files (all but the manifest). Owned by this object.
  virtual const std::filesystem::path& staging_directory() const = 0;

  // Fills schema_version, model, version (one more than the highest published), created (when
  // unset) and files; writes manifest and digest, syncs every file and folder, renames. Returns the
  // published manifest. Nothing is visible on failure. Call once.
  virtual absl::StatusOr<v1::BundleManifest> Publish(v1::BundleManifest manifest) = 0;
};

}  // namespace provnet

#endif  // PROVNET_STORAGE_BUNDLE_WRITER_H_
