#include "storage/bundle_sighting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "storage/base/file_io.h"
#include "storage/bundle_layout.h"
#include "storage/sha256.h"
#include "tests/storage/bundle_fixture.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class BundleSightingTest : public ::testing::Test {
 protected:
  BundleSightingTest() { EXPECT_TRUE(PublishPlainBundle(scratch_.path() / "net").status().ok()); }

  TempDir scratch_;
  const fs::path bundle_ = scratch_.path() / "net" / "1";
};

TEST_F(BundleSightingTest, AWholeBundleIsCompleteAndLooksTheSameTwice) {
  const BundleSighting sighting = LookAtBundle(bundle_);
  EXPECT_THAT(sighting.complete, IsOk());
  EXPECT_FALSE(sighting.fingerprint.empty());
  EXPECT_EQ(LookAtBundle(bundle_).fingerprint, sighting.fingerprint);
}

TEST_F(BundleSightingTest, AnyFileThatIsMissingOrShortIsNamed) {
  for (const char* name : {kModelFile, kLabelsFile, kManifestFile, kManifestDigestFile}) {
    const fs::path copy = scratch_.path() / "copy";
    fs::copy(bundle_, copy, fs::copy_options::recursive);
    fs::resize_file(copy / name, fs::file_size(copy / name) - 1);
    EXPECT_FALSE(LookAtBundle(copy).complete.ok()) << name;
    fs::remove(copy / name);
    EXPECT_THAT(LookAtBundle(copy).complete,
                StatusIs(absl::StatusCode::kNotFound, HasSubstr(name)));
    fs::remove_all(copy);
  }
}

TEST_F(BundleSightingTest, TheFingerprintShowsAReplacedFileOfTheSameSize) {
  const std::string before = LookAtBundle(bundle_).fingerprint;
  const fs::path model = bundle_ / kModelFile;
  fs::copy(model, scratch_.path() / "same");
  fs::rename(scratch_.path() / "same", model);
  EXPECT_NE(LookAtBundle(bundle_).fingerprint, before);
}

TEST_F(BundleSightingTest, TheFingerprintShowsAFileMore) {
  const std::string before = LookAtBundle(bundle_).fingerprint;
  std::ofstream(bundle_ / "index" / "more") << "";
  EXPECT_NE(LookAtBundle(bundle_).fingerprint, before);
}

TEST_F(BundleSightingTest, AFolderThatIsNotThereHasNoFingerprint) {
  const BundleSighting sighting = LookAtBundle(scratch_.path() / "nowhere");
  EXPECT_EQ(sighting.fingerprint, "");
  EXPECT_FALSE(sighting.complete.ok());
}

TEST_F(BundleSightingTest, TheDigestIsTheManifests) {
  EXPECT_EQ(ReadBundleDigest(bundle_), ToHex(Sha256Of(*ReadFile(bundle_ / kManifestFile))));
  std::ofstream(bundle_ / kManifestDigestFile) << "not a digest";
  EXPECT_EQ(ReadBundleDigest(bundle_), "");
  fs::remove(bundle_ / kManifestDigestFile);
  EXPECT_EQ(ReadBundleDigest(bundle_), "");
}

}  // namespace
}  // namespace provnet
