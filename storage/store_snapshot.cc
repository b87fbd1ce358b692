#include "storage/store_snapshot.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/bundle_layout.h"
#include "storage/sha256.h"

namespace provnet {
namespace {

constexpr size_t kDigits = 16;

}  // namespace

std::string StoreSnapshotId(const v1::BundleManifest& manifest) {
  const std::string folder = absl::StrCat(kSamplesFolder, "/");
  std::string text;
  for (const v1::FileEntry& file : manifest.files()) {
    if (absl::StartsWith(file.path(), folder))
      absl::StrAppend(&text, file.sha256(), "  ", file.path(), "\n");
  }
  return ToHex(Sha256Of(text)).substr(0, kDigits);
}

}  // namespace provnet
