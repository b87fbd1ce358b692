#include "storage/image/png.h"

#include <gtest/gtest.h>

#include <string>

#include "storage/image/image.h"
#include "tests/storage/image/image_fixtures.h"
#include "tests/testing/status_matchers.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;
using Pixels = std::vector<uint8_t>;

TEST(EncodePngTest, IsTheInverseOfDecodeImage) {
  for (const uint32_t channels : {1u, 3u}) {
    for (const auto& [width, height] :
         {std::pair{1u, 1u}, std::pair{28u, 28u}, std::pair{1u, 300u}, std::pair{257u, 3u}}) {
      const Image image = MakeGradient(width, height, channels);
      const auto png = EncodePng(image);
      ASSERT_THAT(png, IsOk());
      const auto decoded = DecodeImage(*png, channels);
      ASSERT_THAT(decoded, IsOk());
      EXPECT_EQ(decoded->width, width);
      EXPECT_EQ(decoded->height, height);
      EXPECT_EQ(decoded->channels, channels);
      EXPECT_EQ(decoded->pixels, image.pixels);
    }
  }
}

TEST(EncodePngTest, RefusesSizesThatContradictEachOther) {
  for (const Image& image :
       {Image{2, 2, 1, Pixels(3)}, Image{2, 2, 1, Pixels(5)}, Image{2, 2, 3, Pixels(13)},
        Image{2, 2, 2, Pixels(8)}, Image{2, 2, 0, Pixels()}, Image{0, 2, 1, Pixels()},
        Image{0xffffffff, 0xffffffff, 3, Pixels(3)}}) {
    EXPECT_THAT(EncodePng(image),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("expected")));
  }
}

// Two pixels of every kind that PNG knows, with what they are in grey and in colour.
TEST(DecodePngTest, ReadsEveryKindOfPng) {
  const std::vector<png_color> palette = {{255, 0, 0}, {10, 20, 30}};
  const struct {
    const char* name;
    PngKind kind;
    Pixels row;
    Pixels grey;
    Pixels colour;
  } kTable[] = {
      {"grey", {}, {0, 200}, {0, 200}, {0, 0, 0, 200, 200, 200}},
      {"grey, 1 bit", {.bit_depth = 1}, {0x40}, {0, 255}, {0, 0, 0, 255, 255, 255}},
      {"grey, 2 bits", {.bit_depth = 2}, {0x60}, {85, 170}, {85, 85, 85, 170, 170, 170}},
      {"grey, 4 bits", {.bit_depth = 4}, {0x1f}, {17, 255}, {17, 17, 17, 255, 255, 255}},
      // 0x1234 is 18.1 and 0xabff 171.3 of 255.
      {"grey, 16 bits",
       {.bit_depth = 16},
       {0x12, 0x34, 0xab, 0xff},
       {18, 171},
       {18, 18, 18, 171, 171, 171}},
      {"grey with alpha",
       {.color_type = PNG_COLOR_TYPE_GRAY_ALPHA},
       {200, 255, 200, 51},
       {200, 40},
       {200, 200, 200, 40, 40, 40}},
      {"RGB",
       {.color_type = PNG_COLOR_TYPE_RGB},
       {255, 0, 0, 10, 20, 30},
       {76, 18},
       {255, 0, 0, 10, 20, 30}},
      {"RGB, 16 bits",
       {.color_type = PNG_COLOR_TYPE_RGB, .bit_depth = 16},
       {0xff, 0xff, 0, 0, 0, 0, 10, 10, 20, 20, 30, 30},
       {76, 18},
       {255, 0, 0, 10, 20, 30}},
      {"RGBA",
       {.color_type = PNG_COLOR_TYPE_RGB_ALPHA},
       {255, 0, 0, 0, 100, 100, 100, 51},
       {0, 20},
       {0, 0, 0, 20, 20, 20}},
      {"palette",
       {.color_type = PNG_COLOR_TYPE_PALETTE, .palette = palette},
       {1, 0},
       {18, 76},
       {10, 20, 30, 255, 0, 0}},
      {"palette, 1 bit",
       {.color_type = PNG_COLOR_TYPE_PALETTE, .bit_depth = 1, .palette = palette},
       {0x80},
       {18, 76},
       {10, 20, 30, 255, 0, 0}},
      {"palette with alpha",
       {.color_type = PNG_COLOR_TYPE_PALETTE, .palette = palette, .palette_alpha = {0, 255}},
       {1, 0},
       {18, 0},
       {10, 20, 30, 0, 0, 0}},
  };
  for (const auto& row : kTable) {
    const std::string png = MakePng(2, 1, row.kind, {row.row});
    const auto grey = DecodeImage(png, 1);
    const auto colour = DecodeImage(png, 3);
    ASSERT_THAT(grey, IsOk()) << row.name;
    ASSERT_THAT(colour, IsOk()) << row.name;
    EXPECT_EQ(grey->pixels, row.grey) << row.name;
    EXPECT_EQ(colour->pixels, row.colour) << row.name;
  }
}

TEST(DecodePngTest, ReadsInterlacedFiles) {
  const Image image = MakeGradient(19, 11, 3);
  std::vector<Pixels> rows;
  for (size_t y = 0; y < 11; ++y) {
    rows.emplace_back(image.pixels.begin() + y * 57, image.pixels.begin() + (y + 1) * 57);
  }
  const auto decoded = DecodeImage(
      MakePng(19, 11, {.color_type = PNG_COLOR_TYPE_RGB, .interlace = PNG_INTERLACE_ADAM7}, rows),
      3);
  ASSERT_THAT(decoded, IsOk());
  EXPECT_EQ(decoded->pixels, image.pixels);
}

TEST(DecodePngTest, NamesWhatLibpngFound) {
  std::string png = EncodePng(MakeGradient(4, 4, 1)).value();
  png[20] ^= 1;
  EXPECT_THAT(DecodeImage(png, 1), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("CRC")));
}

}  // namespace
}  // namespace provnet
