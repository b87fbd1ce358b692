#include "client/cli/idx_images.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/client/idx_files.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class IdxImagesTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  void ExpectError(absl::StatusCode code, const std::string& message, uint64_t first = 0,
                   std::optional<uint64_t> count = {}) {
    absl::Status status = ReadIdxImages(Path("x-images-idx3-ubyte"), first, count).status();
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
    EXPECT_THAT(std::string(status.message()), HasSubstr(folder_.path().string()));
  }

  TempDir folder_;
};

TEST_F(IdxImagesTest, ReadsAllImagesAndTheirLabels) {
  WriteFile(Path("x-images-idx3-ubyte"), IdxImagesFile({"abcd", "efgh", "ijkl"}, 2, 2));
  WriteFile(Path("x-labels-idx1-ubyte"), IdxLabelsFile({5, 0, 9}));
  absl::StatusOr<IdxImages> images = ReadIdxImages(Path("x-images-idx3-ubyte"), 0, std::nullopt);
  ASSERT_TRUE(images.ok()) << images.status();
  EXPECT_EQ(images->height, 2);
  EXPECT_EQ(images->width, 2);
  EXPECT_THAT(images->pixels, ElementsAre("abcd", "efgh", "ijkl"));
  EXPECT_THAT(images->labels, ElementsAre(5, 0, 9));
}

TEST_F(IdxImagesTest, ReadsARunOutOfGzippedFiles) {
  WriteGzipped(Path("t-images-idx3-ubyte.gz"),
               IdxImagesFile({"abcd", "efgh", "ijkl", "mnop"}, 2, 2));
  WriteGzipped(Path("t-labels-idx1-ubyte.gz"), IdxLabelsFile({5, 0, 9, 1}));
  absl::StatusOr<IdxImages> images = ReadIdxImages(Path("t-images-idx3-ubyte.gz"), 1, 2);
  ASSERT_TRUE(images.ok()) << images.status();
  EXPECT_EQ(images->first, 1);
  EXPECT_THAT(images->pixels, ElementsAre("efgh", "ijkl"));
  EXPECT_THAT(images->labels, ElementsAre(0, 9));
}

TEST_F(IdxImagesTest, DoesWithoutLabels) {
  WriteFile(Path("x-images-idx3-ubyte"), IdxImagesFile({"abcd"}, 2, 2));
  EXPECT_TRUE(ReadIdxImages(Path("x-images-idx3-ubyte"), 0, std::nullopt)->labels.empty());
}

TEST_F(IdxImagesTest, NamesAFileThatIsNotThere) {
  ExpectError(absl::StatusCode::kNotFound, "no such file");
}

TEST_F(IdxImagesTest, NamesAFileOfAnotherKind) {
  WriteFile(Path("x-images-idx3-ubyte"), IdxLabelsFile({1, 2}));
  ExpectError(absl::StatusCode::kDataLoss, "begins with 0x00000801; expected 0x00000803");
}

TEST_F(IdxImagesTest, NamesAFileThatIsCutShort) {
  const std::string whole = IdxImagesFile({"abcd", "efgh"}, 2, 2);
  for (size_t size : {size_t{0}, size_t{3}, size_t{10}, whole.size() - 1}) {
    WriteFile(Path("x-images-idx3-ubyte"), whole.substr(0, size));
    ExpectError(absl::StatusCode::kDataLoss, "ends early");
  }
}

TEST_F(IdxImagesTest, NamesACorruptGzip) {
  WriteGzipped(Path("x-images-idx3-ubyte"), IdxImagesFile({std::string(4000, 'a')}, 40, 100));
  std::fstream file(Path("x-images-idx3-ubyte"), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(14);
  file.write("\xff\xff\xff\xff", 4);
  file.close();
  ExpectError(absl::StatusCode::kDataLoss, ": ");
}

TEST_F(IdxImagesTest, SaysHowManyImagesThereAre) {
  WriteFile(Path("x-images-idx3-ubyte"), IdxImagesFile({"abcd", "efgh"}, 2, 2));
  ExpectError(absl::StatusCode::kOutOfRange, "has 2 images; asked for 2 from position 1 on", 1, 2);
  ExpectError(absl::StatusCode::kOutOfRange, "has 2 images; asked for 1 from position 2 on", 2);
}

TEST_F(IdxImagesTest, RefusesLabelsOfAnotherNumber) {
  WriteFile(Path("x-images-idx3-ubyte"), IdxImagesFile({"abcd", "efgh"}, 2, 2));
  WriteFile(Path("x-labels-idx1-ubyte"), IdxLabelsFile({1}));
  ExpectError(absl::StatusCode::kDataLoss, "has 1 labels for 2 images");
}

TEST_F(IdxImagesTest, RefusesSidesNoPictureHas) {
  WriteFile(Path("x-images-idx3-ubyte"), IdxImagesFile({}, 2, 2).substr(0, 4) +
                                             std::string("\0\0\0\1\0\0\0\2\377\377\377\377", 12));
  ExpectError(absl::StatusCode::kDataLoss, "images are 2 x 4294967295");
}

}  // namespace
}  // namespace provnet
