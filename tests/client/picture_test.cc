#include "client/cli/picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

v1::SampleRecord TensorRecord(v1::DataType type, const std::vector<uint32_t>& shape,
                              const std::string& content) {
  v1::SampleRecord record;
  record.set_content_type(kTensorContentType);
  record.set_content(content);
  record.mutable_tensor_spec()->set_data_type(type);
  for (uint32_t extent : shape) record.mutable_tensor_spec()->add_shape(extent);
  return record;
}

TEST(PictureTest, InterleavesPlanes) {
  absl::StatusOr<Image> image = PictureOf(TensorRecord(v1::DATA_TYPE_UINT8, {3, 1, 2}, "rRgGbB"));
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_EQ(image->width, 2);
  EXPECT_EQ(image->height, 1);
  EXPECT_THAT(image->pixels, ElementsAre('r', 'g', 'b', 'R', 'G', 'B'));
}

TEST(PictureTest, ScalesFloats) {
  const float values[] = {0.0F, 0.5F, 1.0F, 7.0F};
  std::string content(sizeof(values), '\0');
  std::memcpy(content.data(), values, sizeof(values));
  absl::StatusOr<Image> image = PictureOf(TensorRecord(v1::DATA_TYPE_FLOAT32, {1, 2, 2}, content));
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_THAT(image->pixels, ElementsAre(0, 128, 255, 255));
}

TEST(PictureTest, TurnsTensorsIntoPngsOfTheSamePixels) {
  absl::StatusOr<Media> media = MediaOf(TensorRecord(v1::DATA_TYPE_UINT8, {1, 2, 2}, "abcd"));
  ASSERT_TRUE(media.ok()) << media.status();
  EXPECT_EQ(media->type, "image/png");
  EXPECT_THAT(DecodeImage(media->bytes, 1)->pixels, ElementsAre('a', 'b', 'c', 'd'));
}

TEST(PictureTest, PassesImageFilesOn) {
  v1::SampleRecord record;
  record.set_content_type("image/png");
  record.set_content(*EncodePng({1, 1, 1, {42}}));
  EXPECT_EQ(MediaOf(record)->bytes, record.content());
  EXPECT_THAT(PictureOf(record)->pixels, ElementsAre(42, 42, 42));
}

TEST(PictureTest, SaysWhyItCannotShowARecord) {
  const v1::SampleRecord rows[] = {
      TensorRecord(v1::DATA_TYPE_UINT8, {1, 2, 2}, "abc"),
      TensorRecord(v1::DATA_TYPE_UINT8, {2, 1, 2}, "abcd"),
      TensorRecord(v1::DATA_TYPE_UINT8, {4}, "abcd"),
      TensorRecord(v1::DATA_TYPE_UINT8, {1, 0, 2}, ""),
      TensorRecord(v1::DATA_TYPE_UNSPECIFIED, {1, 1, 1}, "a"),
      TensorRecord(v1::DATA_TYPE_UINT8, {1, 65536, 65536}, "a"),
  };
  for (const v1::SampleRecord& record : rows) {
    absl::Status status = MediaOf(record).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << record.DebugString();
    EXPECT_THAT(std::string(status.message()), HasSubstr("expected UINT8 or FLOAT32"));
  }
  v1::SampleRecord text;
  text.set_content_type("text/html");
  text.set_content("<script>");
  EXPECT_EQ(MediaOf(text).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace provnet
