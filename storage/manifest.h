#ifndef PROVNET_STORAGE_MANIFEST_H_
#define PROVNET_STORAGE_MANIFEST_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "provnet/v1/bundle.pb.h"

namespace provnet {

// manifest.json: indented proto JSON with the proto's own field names, fields at their defaults
// included.
absl::StatusOr<std::string> EncodeManifest(const v1::BundleManifest& manifest);

// Fields that this build does not know are passed over. FAILED_PRECONDITION for another schema
// version, found before any other field is looked at; DATA_LOSS for anything that is not a
// manifest, or whose `files` are not sorted, unique, safe paths (IsBundlePath) with a well-formed
// digest.
absl::StatusOr<v1::BundleManifest> ParseManifest(absl::string_view json);

// The one line of manifest.json.sha256 that belongs to these bytes of manifest.json.
std::string ManifestDigestLine(absl::string_view manifest_json);

}  // namespace provnet

#endif  // PROVNET_STORAGE_MANIFEST_H_
