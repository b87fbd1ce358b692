#include "trainer/data/dataset_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/temp_dir.h"
#include "tests/trainer/data/idx_files.h"
#include "tests/trainer/data/image_folders.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

TEST(ParseDatasetSpecTest, TellsTheKindsApartAndLooksAtNoFile) {
  EXPECT_EQ(ParseDatasetSpec("idx:/nowhere")->kind, DatasetKind::kIdx);
  EXPECT_EQ(ParseDatasetSpec("idx:/nowhere")->path, "/nowhere");
  EXPECT_EQ(ParseDatasetSpec("images:a.tar")->kind, DatasetKind::kImages);
  EXPECT_EQ(ParseDatasetSpec("glyphs:100")->kind, DatasetKind::kGlyphs);
  EXPECT_EQ(ParseDatasetSpec("glyphs:100")->glyphs, 100u);
}

TEST(ParseDatasetSpecTest, AMissingFlagIsNamed) {
  EXPECT_THAT(ValidateDatasetFlag("").ToString(), HasSubstr("--dataset is missing: expected idx:"));
  EXPECT_THAT(ValidateDatasetFlag("mnist").ToString(), HasSubstr("unknown kind"));
  EXPECT_TRUE(ValidateDatasetFlag("idx:/nowhere").ok());
}

TEST(LoadDatasetTest, GeneratesGlyphsFromTheSeed) {
  const auto data = LoadDataset("glyphs:100", 7);
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->train.size(), 100u);
  EXPECT_EQ(data->test.size(), 1000u);
  EXPECT_EQ(Fingerprint(data->train), Fingerprint(LoadDataset("glyphs:100", 7)->train));
  EXPECT_NE(Fingerprint(data->train), Fingerprint(LoadDataset("glyphs:100", 8)->train));
}

TEST(LoadDatasetTest, ReadsIdxFolders) {
  const TempDir dir;
  testing::WriteIdxFolder(dir.path());
  const auto data = LoadDataset("idx:" + dir.path().string(), 1);
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->train.size(), 6u);
}

TEST(LoadDatasetTest, ReadsImagesAsTheOptionsSay) {
  const TempDir dir;
  testing::WriteTar(dir / "pictures.tar", testing::ThreeClasses("", 4));
  const std::string spec = "images:" + (dir / "pictures.tar").string();
  EXPECT_TRUE(IsImageFolderSpec(spec));
  EXPECT_FALSE(IsImageFolderSpec("glyphs:100"));
  const auto data = LoadDataset(spec, 1, {.size = ImageSize{9, 10}, .mode = ImageMode::kGrey});
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->train.height, 9u);
  EXPECT_EQ(data->train.channels, 1u);
  EXPECT_EQ(data->train.size(), 9u);
}

TEST(LoadDatasetTest, PassesOnWhatIsWrongWithTheFolder) {
  const auto data = LoadDataset("idx:/nowhere/at/all", 1);
  EXPECT_EQ(data.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(data.status().ToString(), HasSubstr("/nowhere/at/all"));
}

TEST(LoadDatasetTest, ListsTheAcceptedFormsForAnythingElse) {
  struct Row {
    const char* spec;
    const char* message;
  };
  const Row rows[] = {
      {"", "unknown kind"},
      {"mnist", "unknown kind"},
      {"glyphs", "unknown kind"},
      {"idx", "unknown kind"},
      {"IDX:/data", "unknown kind"},
      {"idx:", "folder is missing"},
      {"glyphs:", "not a number"},
      {"glyphs:many", "not a number"},
      {"glyphs:-5", "not a number"},
      {"glyphs:100x", "not a number"},
      {"glyphs:99", "99 images is out of range"},
      {"glyphs:1000001", "1000001 images is out of range"},
      {"glyphs:99999999999999999999999", "not a number"},
      {"images:", "folder or archive is missing"},
  };
  for (const Row& row : rows) {
    const auto data = LoadDataset(row.spec, 1);
    EXPECT_EQ(data.status().code(), absl::StatusCode::kInvalidArgument) << row.spec;
    const std::string message = data.status().ToString();
    EXPECT_THAT(message, HasSubstr("\"" + std::string(row.spec) + "\""));
    EXPECT_THAT(message, HasSubstr(row.message));
    EXPECT_THAT(message, HasSubstr("idx:DIR"));
    EXPECT_THAT(message, HasSubstr("images:PATH"));
    EXPECT_THAT(message, HasSubstr("glyphs:N"));
  }
}

}  // namespace
}  // namespace provnet
