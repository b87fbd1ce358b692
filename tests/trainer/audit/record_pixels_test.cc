#include "trainer/audit/record_pixels.h"

#include <gmock/gmock.h>

#include <cstring>
#include <limits>

#include "storage/image/image.h"
#include "tests/testing/status_matchers.h"

namespace provnet {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

v1::InputSpec Input(uint32_t channels, uint32_t height, uint32_t width) {
  v1::InputSpec input;
  input.set_channels(channels);
  input.set_height(height);
  input.set_width(width);
  return input;
}

v1::SampleRecord Tensor(v1::DataType type, std::vector<uint32_t> shape, std::string content) {
  v1::SampleRecord record;
  record.set_content_type("application/vnd.provnet.tensor");
  record.mutable_tensor_spec()->set_data_type(type);
  for (const uint32_t extent : shape) record.mutable_tensor_spec()->add_shape(extent);
  record.set_content(std::move(content));
  return record;
}

TEST(RecordPixelsTest, TakesTheBytesOfATensor) {
  const auto pixels =
      RecordPixels(Tensor(v1::DATA_TYPE_UINT8, {1, 1, 3}, "\x01\x02\xff"), Input(1, 1, 3));
  ASSERT_TRUE(pixels.ok()) << pixels.status();
  EXPECT_THAT(*pixels, ElementsAreArray({1, 2, 255}));
}

TEST(RecordPixelsTest, ScalesFloats) {
  const float values[] = {0, 0.5, 1, 7, -1, std::numeric_limits<float>::quiet_NaN()};
  std::string content(sizeof(values), '\0');
  std::memcpy(content.data(), values, sizeof(values));
  const auto pixels =
      RecordPixels(Tensor(v1::DATA_TYPE_FLOAT32, {1, 2, 3}, content), Input(1, 2, 3));
  ASSERT_TRUE(pixels.ok()) << pixels.status();
  EXPECT_THAT(*pixels, ElementsAreArray({0, 128, 255, 255, 0, 0}));
}

TEST(RecordPixelsTest, DecodesAndResizesPictures) {
  v1::SampleRecord record;
  record.set_content_type("image/png");
  record.set_content(*EncodePng({2, 2, 3, {10, 20, 30, 10, 20, 30, 10, 20, 30, 10, 20, 30}}));
  const auto pixels = RecordPixels(record, Input(3, 1, 1));
  ASSERT_TRUE(pixels.ok()) << pixels.status();
  EXPECT_THAT(*pixels, ElementsAreArray({10, 20, 30}));
}

TEST(RecordPixelsTest, RefusesOtherShapesAndWhatIsNoPicture) {
  EXPECT_THAT(RecordPixels(Tensor(v1::DATA_TYPE_UINT8, {1, 1, 3}, "123"), Input(1, 3, 1)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("[1, 1, 3]")));
  EXPECT_THAT(RecordPixels(Tensor(v1::DATA_TYPE_UINT8, {1, 1, 3}, "12"), Input(1, 1, 3)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("2 bytes")));
  v1::SampleRecord record;
  record.set_content_type("image/png");
  record.set_content("no picture");
  EXPECT_FALSE(RecordPixels(record, Input(1, 1, 1)).ok());
}

}  // namespace
}  // namespace provnet
