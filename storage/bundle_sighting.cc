#include "storage/bundle_sighting.h"

#include <sys/stat.h>

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "storage/base/file_io.h"
#include "storage/bundle_files.h"
#include "storage/bundle_layout.h"
#include "storage/bundle_verifier.h"
#include "storage/sha256.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

constexpr size_t kDigestLength = 64;

}  // namespace

std::string BundleFingerprint(const fs::path& bundle_directory) {
  const auto files = ListBundleFiles(bundle_directory);
  if (!files.ok()) return "";
  std::string text;
  for (const BundleFile& file : *files) {
    struct stat status = {};
    if (lstat((bundle_directory / file.path).c_str(), &status) != 0) return "";
    absl::StrAppend(&text, file.path, "\n", status.st_size, " ", status.st_ino, " ",
                    status.st_mtim.tv_sec, ".", status.st_mtim.tv_nsec, "\n");
  }
  return ToHex(Sha256Of(text));
}

BundleSighting LookAtBundle(const fs::path& bundle_directory) {
  BundleSighting sighting;
  sighting.fingerprint = BundleFingerprint(bundle_directory);
  sighting.complete = ReadBundleManifest(bundle_directory).status();
  return sighting;
}

std::string ReadBundleDigest(const fs::path& bundle_directory) {
  const auto line = ReadFile(bundle_directory / kManifestDigestFile, /*max_bytes=*/1024);
  if (!line.ok() || line->size() < kDigestLength) return "";
  std::string digest = line->substr(0, kDigestLength);
  for (const char c : digest) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return "";
  }
  return digest;
}

}  // namespace provnet
