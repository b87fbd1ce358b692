#include "server/service/input_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace provnet {
namespace {

using testing::HasSubstr;

v1::InputSpec Spec(uint32_t channels, uint32_t height, uint32_t width) {
  v1::InputSpec spec;
  spec.set_channels(channels);
  spec.set_height(height);
  spec.set_width(width);
  return spec;
}

v1::ExplainRequest TensorRequest(v1::DataType type, const std::vector<uint32_t>& shape,
                                 std::string data) {
  v1::ExplainRequest request;
  request.mutable_tensor()->mutable_spec()->set_data_type(type);
  for (const uint32_t extent : shape) request.mutable_tensor()->mutable_spec()->add_shape(extent);
  request.mutable_tensor()->set_data(std::move(data));
  return request;
}

std::string Floats(const std::vector<float>& values) {
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

TEST(InputDecoderTest, BytesBecomeFractionsOf255) {
  const auto input =
      DecodeInput(TensorRequest(v1::DATA_TYPE_UINT8, {1, 1, 3}, std::string("\x00\x33\xff", 3)),
                  Spec(1, 1, 3), {});
  ASSERT_TRUE(input.ok()) << input.status();
  EXPECT_THAT(*input, testing::ElementsAre(0.0F, 0.2F, 1.0F));
}

TEST(InputDecoderTest, FloatsAreTakenAsTheyAre) {
  const auto input = DecodeInput(
      TensorRequest(v1::DATA_TYPE_FLOAT32, {1, 1, 2}, Floats({0.25F, -1.5F})), Spec(1, 1, 2), {});
  ASSERT_TRUE(input.ok()) << input.status();
  EXPECT_THAT(*input, testing::ElementsAre(0.25F, -1.5F));
}

TEST(InputDecoderTest, ImagesAreResizedAndSplitIntoPlanes) {
  Image image{2, 1, 3, {255, 0, 0, 0, 0, 255}};
  v1::ExplainRequest request;
  request.set_encoded_image(EncodePng(image).value());
  const auto same = DecodeInput(request, Spec(3, 1, 2), {});
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_THAT(*same, testing::ElementsAre(1, 0, 0, 0, 0, 1));
  const auto larger = DecodeInput(request, Spec(3, 4, 4), {});
  ASSERT_TRUE(larger.ok());
  EXPECT_EQ(larger->size(), 48U);
}

TEST(InputDecoderTest, RefusesWithWhatCameAndWhatWasExpected) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInf = std::numeric_limits<float>::infinity();
  const std::string four(4, 'x');
  v1::ExplainRequest empty_image;
  empty_image.set_encoded_image("");
  v1::ExplainRequest text;
  text.set_encoded_image("GIF89a is no format of ours");
  struct Row {
    const char* name;
    v1::ExplainRequest request;
    std::vector<std::string> parts;
  };
  const Row rows[] = {
      {"nothing", {}, {"no input", "encoded_image", "tensor"}},
      {"empty image", empty_image, {"empty"}},
      {"no image", text, {"47494638"}},
      {"no type",
       TensorRequest(v1::DATA_TYPE_UNSPECIFIED, {1, 2, 2}, four),
       {"data_type is 0", "DATA_TYPE_UINT8", "DATA_TYPE_FLOAT32"}},
      {"unknown type",
       TensorRequest(static_cast<v1::DataType>(9), {1, 2, 2}, four),
       {"data_type is 9 (unknown)"}},
      {"wrong rank", TensorRequest(v1::DATA_TYPE_UINT8, {2, 2}, four), {"[2, 2]", "[1, 2, 2]"}},
      {"wrong shape",
       TensorRequest(v1::DATA_TYPE_UINT8, {1, 4, 1}, four),
       {"[1, 4, 1]", "[1, 2, 2]"}},
      {"long shape",
       TensorRequest(v1::DATA_TYPE_UINT8, std::vector<uint32_t>(1000, 1), four),
       {"[1, 1, 1, 1, 1, 1, 1, 1, ...]"}},
      {"too short",
       TensorRequest(v1::DATA_TYPE_UINT8, {1, 2, 2}, "xyz"),
       {"3 bytes", "expected 4"}},
      {"too long for floats",
       TensorRequest(v1::DATA_TYPE_FLOAT32, {1, 2, 2}, std::string(17, 'x')),
       {"17 bytes", "expected 16"}},
      {"NaN",
       TensorRequest(v1::DATA_TYPE_FLOAT32, {1, 2, 2}, Floats({0, 0, 0, kNan})),
       {"element 3", "row 1", "column 1", "nan"}},
      {"infinity",
       TensorRequest(v1::DATA_TYPE_FLOAT32, {1, 2, 2}, Floats({0, -kInf, 0, kNan})),
       {"element 1", "row 0", "column 1", "-inf"}},
  };
  for (const Row& row : rows) {
    const absl::Status status = DecodeInput(row.request, Spec(1, 2, 2), {}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << row.name;
    for (const std::string& part : row.parts)
      EXPECT_THAT(std::string(status.message()), HasSubstr(part)) << row.name;
  }
}

TEST(InputDecoderTest, ImageLimitsHold) {
  v1::ExplainRequest request;
  request.set_encoded_image(EncodePng(Image{8, 8, 1, std::vector<uint8_t>(64)}).value());
  ImageLimits limits;
  limits.max_pixels = 63;
  const absl::Status status = DecodeInput(request, Spec(1, 2, 2), limits).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("63"));
}

}  // namespace
}  // namespace provnet
