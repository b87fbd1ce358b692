#include "trainer/data/idx_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/testing/temp_dir.h"
#include "tests/trainer/data/idx_files.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using testing::Gzip;
using ::testing::HasSubstr;
using testing::Idx;
using testing::IdxImages;
using testing::IdxLabels;
using testing::ReadFile;
using testing::WriteFile;
using testing::WriteIdxFolder;

constexpr const char* kFiles[] = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                  "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

void ExpectTheValidFolder(const absl::StatusOr<DatasetPair>& data) {
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(data->train.channels, 1u);
  EXPECT_EQ(data->train.height, 3u);
  EXPECT_EQ(data->train.width, 2u);
  EXPECT_THAT(data->train.labels, ElementsAre(2, 0, 1, 1, 0, 2));
  EXPECT_THAT(data->test.labels, ElementsAre(1, 2, 0));
  EXPECT_THAT(data->train.class_names, ElementsAre("0", "1", "2"));
  EXPECT_EQ(data->test.class_names, data->train.class_names);
  EXPECT_EQ(data->train.pixels.size(), 36u);
  EXPECT_THAT(data->train.image(1), ElementsAre(222, 3, 40, 77, 114, 151));
}

TEST(ReadIdxTest, ReadsPlainFiles) {
  const TempDir dir;
  WriteIdxFolder(dir.path());
  const auto data = ReadIdx(dir.path());
  ExpectTheValidFolder(data);
  EXPECT_EQ(data->train.source_id(4), "train-images-idx3-ubyte#4");
  EXPECT_EQ(data->test.source_id(0), "t10k-images-idx3-ubyte#0");
}

TEST(ReadIdxTest, ReadsGzippedAndDottedNamesInAnyMixture) {
  const TempDir dir;
  WriteIdxFolder(dir.path());
  WriteFile(dir / "train-images.idx3-ubyte.gz", Gzip(ReadFile(dir / kFiles[0])));
  WriteFile(dir / "train-labels-idx1-ubyte.gz", Gzip(ReadFile(dir / kFiles[1])));
  fs::rename(dir / kFiles[2], dir / "t10k-images.idx3-ubyte");
  fs::remove(dir / kFiles[0]);
  fs::remove(dir / kFiles[1]);
  const auto data = ReadIdx(dir.path());
  ExpectTheValidFolder(data);
  EXPECT_EQ(data->train.source_id(4), "train-images.idx3-ubyte#4");
  EXPECT_EQ(data->test.source_id(0), "t10k-images.idx3-ubyte#0");
}

struct BadFile {
  const char* name;
  // The file to overwrite, by its place in kFiles.
  int file;
  // Makes the bad bytes of the good ones.
  std::function<std::string(const std::string&)> spoil;
  absl::StatusCode code;
  // What the message says beside the file's name.
  const char* message;
};

std::string Cut(const std::string& bytes, size_t cut) {
  return bytes.substr(0, bytes.size() - cut);
}

const BadFile kBadFiles[] = {
    {"empty file", 0, [](auto&) { return ""; }, absl::StatusCode::kDataLoss, "is empty"},
    {"cut inside the magic", 1, [](auto& b) { return b.substr(0, 3); }, absl::StatusCode::kDataLoss,
     "inside its header"},
    {"cut inside the dimensions", 0, [](auto& b) { return b.substr(0, 15); },
     absl::StatusCode::kDataLoss, "starts with 16 bytes"},
    {"cut before the values", 2, [](auto& b) { return b.substr(0, 16); },
     absl::StatusCode::kDataLoss, "3x3x2"},
    {"last byte missing", 0, [](auto& b) { return Cut(b, 1); }, absl::StatusCode::kDataLoss,
     "truncated or corrupt"},
    {"one byte too many", 3, [](auto& b) { return b + "x"; }, absl::StatusCode::kDataLoss,
     "more than 3"},
    {"labels for images", 0,
     [](auto&) {
       return IdxLabels({1, 2, 3});
     },
     absl::StatusCode::kInvalidArgument, "starts with 0x00000801, expected 0x00000803"},
    {"images for labels", 3, [](auto&) { return IdxImages(3); }, absl::StatusCode::kInvalidArgument,
     "starts with 0x00000803, expected 0x00000801"},
    {"another value type", 0,
     [](auto&) {
       return Idx(0xD03, {6, 3, 2}, std::string(144, 0));
     },
     absl::StatusCode::kInvalidArgument, "0x00000d03"},
    {"text", 1, [](auto&) { return "label\n0\n1\n"; }, absl::StatusCode::kInvalidArgument,
     "not an IDX file"},
    {"no images", 2,
     [](auto&) {
       return Idx(0x803, {0, 3, 2}, "");
     },
     absl::StatusCode::kInvalidArgument, "holds nothing"},
    {"images without width", 2,
     [](auto&) {
       return Idx(0x803, {3, 3, 0}, "");
     },
     absl::StatusCode::kInvalidArgument, "3x3x0"},
    {"dimensions whose product overflows", 0,
     [](auto&) {
       return Idx(0x803, {0xffffffff, 0xffffffff, 0xffffffff}, "x");
     },
     absl::StatusCode::kInvalidArgument, "4294967295x4294967295x4294967295"},
    {"dimensions whose product is 2^64", 0,
     [](auto&) {
       return Idx(0x803, {0x80000000, 0x80000000, 4}, "x");
     },
     absl::StatusCode::kInvalidArgument, "more than the limit"},
    {"dimensions beyond a plain file", 0,
     [](auto&) {
       return Idx(0x803, {60'000, 280, 200}, "xx");
     },
     absl::StatusCode::kDataLoss, "holds at most 18"},
    {"dimensions beyond what gzip can hold", 0,
     [](auto&) {
       return Gzip(Idx(0x803, {60'000, 280, 200}, "xx"));
     },
     absl::StatusCode::kDataLoss, "holds at most"},
    {"gzip with fewer values than dimensions", 0,
     [](auto&) {
       return Gzip(Idx(0x803, {6, 3, 2}, "xx"));
     },
     absl::StatusCode::kDataLoss, "holds 2"},
    {"gzip with more values than dimensions", 0, [](auto& b) { return Gzip(b + "x"); },
     absl::StatusCode::kDataLoss, "more than 36"},
    {"gzip cut in its header", 0, [](auto& b) { return Gzip(b).substr(0, 6); },
     absl::StatusCode::kDataLoss, "cut off"},
    {"gzip cut in its data", 0, [](auto& b) { return Cut(Gzip(b), 20); },
     absl::StatusCode::kDataLoss, "cut off"},
    {"gzip cut in its checksum", 0, [](auto& b) { return Cut(Gzip(b), 5); },
     absl::StatusCode::kDataLoss, "cut off"},
    {"gzip with a wrong checksum", 0,
     [](auto& b) {
       std::string bytes = Gzip(b);
       bytes[bytes.size() - 8] ^= 1;
       return bytes;
     },
     absl::StatusCode::kDataLoss, "incorrect data check"},
    {"gzip with garbage after it", 1, [](auto& b) { return Gzip(b) + "<html>"; },
     absl::StatusCode::kDataLoss, "trailing garbage"},
    {"fewer labels than images", 1,
     [](auto&) {
       return IdxLabels({2, 0, 1, 1, 0});
     },
     absl::StatusCode::kInvalidArgument, "has 5 labels"},
    {"more labels than images", 3,
     [](auto&) {
       return IdxLabels({1, 1, 1, 1});
     },
     absl::StatusCode::kInvalidArgument, "has 4 labels"},
};

TEST(ReadIdxTest, NamesTheBadFileAndWhatIsWrongWithIt) {
  for (const BadFile& bad : kBadFiles) {
    SCOPED_TRACE(bad.name);
    const TempDir dir;
    WriteIdxFolder(dir.path());
    const fs::path path = dir / kFiles[bad.file];
    WriteFile(path, bad.spoil(ReadFile(path)));
    const absl::Status status = ReadIdx(dir.path()).status();
    EXPECT_EQ(status.code(), bad.code) << status;
    EXPECT_THAT(status.ToString(), HasSubstr(path.string()));
    EXPECT_THAT(status.ToString(), HasSubstr(bad.message));
  }
}

TEST(ReadIdxTest, NamesAMissingFileOrFolder) {
  for (const char* name : kFiles) {
    const TempDir dir;
    WriteIdxFolder(dir.path());
    fs::remove(dir / name);
    const absl::Status status = ReadIdx(dir.path()).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << status;
    EXPECT_THAT(status.ToString(), HasSubstr(std::string(name) + ".gz"));
  }
  const TempDir dir;
  EXPECT_THAT(ReadIdx(dir / "nowhere").status().ToString(), HasSubstr("nowhere: is not a folder"));
}

TEST(ReadIdxTest, NamesAClassWithoutTrainingSample) {
  const TempDir dir;
  WriteIdxFolder(dir.path());
  WriteFile(dir / kFiles[1], IdxLabels({0, 1, 3, 3, 1, 0}));
  EXPECT_EQ(ReadIdx(dir.path()).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(ReadIdx(dir.path()).status().ToString(), HasSubstr("class 2 has no training sample"));
  // Also when it occurs among the test samples alone.
  WriteFile(dir / kFiles[1], IdxLabels({0, 1, 2, 2, 1, 0}));
  WriteFile(dir / kFiles[3], IdxLabels({0, 1, 3}));
  EXPECT_THAT(ReadIdx(dir.path()).status().ToString(), HasSubstr("class 3 has no training sample"));
}

TEST(ReadIdxTest, RefusesTestImagesOfAnotherSize) {
  const TempDir dir;
  WriteIdxFolder(dir.path());
  WriteFile(dir / kFiles[2], IdxImages(3, 2, 3));
  const absl::Status status = ReadIdx(dir.path()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.ToString(), HasSubstr("training images are 2x3"));
  EXPECT_THAT(status.ToString(), HasSubstr("test images are 3x2"));
}

}  // namespace
}  // namespace provnet
