#include "storage/bundle_verifier.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

#include "storage/manifest.h"
#include "tests/storage/bundle_fixture.h"
#include "tests/storage/folder_snapshot.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class BundleVerifierTest : public ::testing::Test {
 protected:
  BundleVerifierTest() {
    const auto published = PublishBundle(dir_ / "model");
    EXPECT_THAT(published, IsOk());
    manifest_ = published.value();
  }

  std::vector<std::string> AllFiles() const {
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(bundle_)) {
      if (entry.is_regular_file()) {
        files.push_back(entry.path().lexically_relative(bundle_).generic_string());
      }
    }
    return files;
  }

  // Writes the manifest with a digest that fits it, as an attacker would or a newer trainer.
  void Resign(const std::string& json) const {
    Overwrite(bundle_ / kManifestFile, json);
    Overwrite(bundle_ / kManifestDigestFile, ManifestDigestLine(json));
  }
  // Starts from the published manifest each time.
  void EditManifest(const std::function<void(v1::BundleManifest&)>& edit) const {
    v1::BundleManifest manifest = manifest_;
    edit(manifest);
    Resign(EncodeManifest(manifest).value());
  }

  const TempDir dir_;
  const fs::path bundle_ = dir_ / "model/1";
  v1::BundleManifest manifest_;
};

TEST_F(BundleVerifierTest, AcceptsAnIntactBundleAndChangesNothing) {
  const FolderSnapshot before = TakeSnapshot(bundle_);
  EXPECT_THAT(VerifyBundle(bundle_), IsOk());
  EXPECT_THAT(VerifyBundle(bundle_ / ""), IsOk());
  EXPECT_EQ(TakeSnapshot(bundle_), before);
}

TEST_F(BundleVerifierTest, RefusesAFlippedByteInAnyFileByName) {
  for (const std::string& file : AllFiles()) {
    const size_t size = fs::file_size(bundle_ / file);
    std::set<size_t> positions;
    if (size > 0) positions = {0, size / 3, size / 2, size - 1};
    for (const size_t position : positions) {
      for (const char bits : {'\x01', '\x20', '\x80'}) {
        FlipByte(bundle_ / file, position, bits);
        EXPECT_THAT(VerifyBundle(bundle_), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(file)))
            << "byte " << position;
        FlipByte(bundle_ / file, position, bits);
      }
    }
  }
  EXPECT_THAT(VerifyBundle(bundle_), IsOk());
}

// The manifests are where a flip may still leave something that parses: here every single byte
// counts.
TEST_F(BundleVerifierTest, RefusesAFlipOfAnyByteOfTheManifestFiles) {
  for (const char* file : {kManifestFile, kManifestDigestFile}) {
    for (size_t position = 0; position < fs::file_size(bundle_ / file); ++position) {
      FlipByte(bundle_ / file, position);
      EXPECT_THAT(VerifyBundle(bundle_), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(file)))
          << "byte " << position;
      FlipByte(bundle_ / file, position);
    }
  }
}

TEST_F(BundleVerifierTest, RefusesALongerShorterOrMissingFileByName) {
  for (const std::string& file : AllFiles()) {
    const std::string bytes = ReadFile(bundle_ / file).value();
    Overwrite(bundle_ / file, bytes + "x");
    EXPECT_THAT(VerifyBundle(bundle_), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(file)));
    if (!bytes.empty()) {
      Overwrite(bundle_ / file, bytes.substr(1));
      EXPECT_THAT(VerifyBundle(bundle_), StatusIs(absl::StatusCode::kDataLoss, HasSubstr(file)));
    }
    fs::remove(bundle_ / file);
    EXPECT_THAT(VerifyBundle(bundle_),
                StatusIs(absl::StatusCode::kNotFound, HasSubstr(file + ": missing")));
    Overwrite(bundle_ / file, bytes);
  }
  EXPECT_THAT(VerifyBundle(bundle_), IsOk());
}

TEST_F(BundleVerifierTest, RefusesFilesThatTheManifestDoesNotList) {
  for (const char* file : {"extra", "index/extra", "samples/LOG", ".hidden"}) {
    Overwrite(bundle_ / file, "");
    EXPECT_THAT(VerifyBundle(bundle_), StatusIs(absl::StatusCode::kDataLoss,
                                                HasSubstr(std::string(file) + ": not listed")));
    fs::remove(bundle_ / file);
  }
}

TEST_F(BundleVerifierTest, RefusesLinksEvenToTheRightBytes) {
  fs::rename(bundle_ / kModelFile, dir_ / "elsewhere");
  fs::create_symlink(dir_ / "elsewhere", bundle_ / kModelFile);
  EXPECT_THAT(VerifyBundle(bundle_),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("model.pt: not a regular file")));
  fs::remove(bundle_ / kModelFile);
  fs::rename(dir_ / "elsewhere", bundle_ / kModelFile);
  fs::rename(bundle_ / "index", dir_ / "index");
  fs::create_directory_symlink(dir_ / "index", bundle_ / "index");
  EXPECT_THAT(VerifyBundle(bundle_), StatusIs(absl::StatusCode::kNotFound, HasSubstr("index")));
}

TEST_F(BundleVerifierTest, RefusesListedPathsThatLeaveTheBundle) {
  ASSERT_THAT(WriteFileDurably(dir_ / "outside", "x"), IsOk());
  for (const std::string path :
       {"../../outside", "/etc/passwd", "index/../../../outside", "", ".", "./model.pt", "index//x",
        "index/", "a b", "model.pt\n", "manifest.json", "manifest.json.sha256"}) {
    EditManifest([&](v1::BundleManifest& manifest) {
      v1::FileEntry entry = manifest.files(0);
      entry.set_path(path);
      manifest.clear_files();
      *manifest.add_files() = entry;
    });
    EXPECT_THAT(VerifyBundle(bundle_),
                StatusIs(absl::StatusCode::kDataLoss,
                         AllOf(HasSubstr("manifest.json"), HasSubstr("\"" + path + "\""))));
  }
}

TEST_F(BundleVerifierTest, RefusesRepeatedEntriesAndMalformedDigests) {
  const struct {
    const char* message;
    std::function<void(v1::BundleManifest&)> edit;
  } kTable[] = {
      {"repeated", [](auto& m) { *m.add_files() = m.files(m.files_size() - 1); }},
      {"out of order", [](auto& m) { m.mutable_files()->SwapElements(0, 1); }},
      {"64 lower-case", [](auto& m) { m.mutable_files(0)->clear_sha256(); }},
      {"64 lower-case", [](auto& m) { m.mutable_files(0)->mutable_sha256()->at(5) = 'A'; }},
  };
  for (const auto& row : kTable) {
    EditManifest(row.edit);
    EXPECT_THAT(VerifyBundle(bundle_),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr(row.message)));
  }
}

TEST_F(BundleVerifierTest, RefusesAnotherSchemaVersionWithBothNumbers) {
  EditManifest([](v1::BundleManifest& manifest) { manifest.set_schema_version(2); });
  EXPECT_THAT(VerifyBundle(bundle_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("manifest.json"), HasSubstr("schema version 2"),
                             HasSubstr("version 1"))));
}

TEST_F(BundleVerifierTest, FindsANewerSchemaBehindFieldsItCannotRead) {
  Resign(R"({"schema_version": 3, "created": {"era": 2}, "files": "elsewhere", "new": [1, {}]})");
  EXPECT_THAT(VerifyBundle(bundle_),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("schema version 3"), HasSubstr("version 1"))));
}

TEST_F(BundleVerifierTest, PassesOverUnknownFields) {
  std::string json = ReadFile(bundle_ / kManifestFile).value();
  json.replace(json.find('{'), 1, R"({"a_later_field": {"x": [1]},)");
  Resign(json);
  EXPECT_THAT(VerifyBundle(bundle_), IsOk());
}

TEST_F(BundleVerifierTest, RefusesWhatIsNoManifest) {
  for (const char* json :
       {"", "{}", "[]", "null", "{\"schema_version\": 1", "{\"schema_version\": \"1\"}",
        "{\"schema_version\": null}", "{\"schema_version\": 1, \"files\": 5}"}) {
    Resign(json);
    EXPECT_THAT(VerifyBundle(bundle_),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("manifest.json")))
        << json;
  }
}

TEST_F(BundleVerifierTest, NamesABundleThatIsMissing) {
  EXPECT_THAT(VerifyBundle(dir_ / "model/2"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr((dir_ / "model/2").string())));
}

}  // namespace
}  // namespace provnet
