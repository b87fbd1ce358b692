#include "storage/manifest.h"

#include <nlohmann/json.hpp>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/bundle_files.h"
#include "storage/bundle_layout.h"
#include "storage/proto_json.h"
#include "storage/sha256.h"

namespace provnet {
namespace {

// Looks at nothing but the version, since a newer schema may have changed the type of any other
// field.
absl::Status CheckSchemaVersion(absl::string_view json) {
  const auto fields = nlohmann::json::parse(json.begin(), json.end(), /*callback=*/nullptr,
                                            /*allow_exceptions=*/false);
  if (!fields.is_object()) {
    return absl::DataLossError(absl::StrCat(kManifestFile, ": not a manifest in JSON"));
  }
  const auto field = fields.find("schema_version");
  if (field == fields.end() || !field->is_number()) {
    return absl::DataLossError(absl::StrCat(kManifestFile, ": schema_version is missing"));
  }
  const double version = field->get<double>();
  if (version == kBundleSchemaVersion) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(kManifestFile, ": schema version ", version, ", this build reads version ",
                   kBundleSchemaVersion, version > kBundleSchemaVersion ? "; update it" : ""));
}

absl::Status CheckFileEntries(const v1::BundleManifest& manifest) {
  absl::string_view previous;
  for (const v1::FileEntry& entry : manifest.files()) {
    const auto refuse = [&](absl::string_view why) {
      return absl::DataLossError(
          absl::StrCat(kManifestFile, ": file entry \"", entry.path(), "\" ", why));
    };
    if (!IsBundlePath(entry.path())) return refuse("is not a path inside the bundle");
    if (entry.path() == kManifestFile || entry.path() == kManifestDigestFile) {
      return refuse("names the manifest itself");
    }
    if (entry.path() <= previous) return refuse("is repeated or out of order");
    if (!FromHex(entry.sha256()).has_value())
      return refuse("has no sha256 of 64 lower-case hex digits");
    previous = entry.path();
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> EncodeManifest(const v1::BundleManifest& manifest) {
  absl::StatusOr<std::string> json = ToProtoJson(manifest, /*with_defaults=*/true);
  if (json.ok()) return json;
  return absl::InvalidArgumentError(
      absl::StrCat("the manifest can't be written as JSON: ", json.status().message()));
}

absl::StatusOr<v1::BundleManifest> ParseManifest(absl::string_view json) {
  PROVNET_RETURN_IF_ERROR(CheckSchemaVersion(json));
  v1::BundleManifest manifest;
  if (const absl::Status parsed = ParseProtoJson(json, UnknownFields::kIgnore, manifest);
      !parsed.ok()) {
    return absl::DataLossError(
        absl::StrCat(kManifestFile, ": not a manifest in JSON: ", parsed.message()));
  }
  PROVNET_RETURN_IF_ERROR(CheckFileEntries(manifest));
  return manifest;
}

std::string ManifestDigestLine(absl::string_view manifest_json) {
  const Sha256Digest digest =
      Sha256Of(std::string_view(manifest_json.data(), manifest_json.size()));
  return absl::StrCat(ToHex(digest), "  ", kManifestFile, "\n");
}

}  // namespace provnet
