#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "storage/image/image.h"
#include "tests/storage/image/image_fixtures.h"
#include "tests/testing/status_matchers.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Each;
using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

std::string PngFile(uint32_t channels = 3) {
  return EncodePng(MakeGradient(13, 9, channels)).value();
}

struct NamedFile {
  const char* name;
  std::string bytes;
};
std::vector<NamedFile> ValidFiles() {
  return {{"grey PNG", PngFile(1)},
          {"RGB PNG", PngFile(3)},
          {"grey JPEG", MakeJpeg(MakeGradient(13, 9, 1))},
          {"RGB JPEG", MakeJpeg(MakeGradient(13, 9, 3))},
          {"progressive JPEG", MakeJpeg(MakeGradient(13, 9, 3), TJFLAG_PROGRESSIVE)}};
}

TEST(SniffImageTypeTest, KnowsTypesByTheirFirstBytes) {
  EXPECT_EQ(SniffImageType(PngFile()), "image/png");
  EXPECT_EQ(SniffImageType(MakeJpeg(MakeGradient(8, 8, 1))), "image/jpeg");
  for (const char* bytes : {"", "GIF89a", "\x89PNG", "\xff\xd8", "BM"}) {
    EXPECT_EQ(SniffImageType(bytes), "") << bytes;
  }
}

TEST(ReadImageInfoTest, AgreesWithTheDecodedImageAndKnowsGreyFromColour) {
  for (const NamedFile& file : ValidFiles()) {
    const auto info = ReadImageInfo(file.bytes);
    ASSERT_THAT(info, IsOk()) << file.name;
    EXPECT_EQ(info->width, 13u) << file.name;
    EXPECT_EQ(info->height, 9u) << file.name;
    EXPECT_EQ(info->channels, std::string_view(file.name).find("grey") == 0 ? 1u : 3u) << file.name;
  }
}

TEST(ReadImageInfoTest, RefusesByTheHeaderAlone) {
  EXPECT_THAT(ReadImageInfo(""), StatusIs(kInvalid, HasSubstr("empty")));
  EXPECT_THAT(ReadImageInfo("GIF89a"), StatusIs(kInvalid, HasSubstr("PNG or JPEG")));
  EXPECT_THAT(ReadImageInfo(PngFile().substr(0, 20)), StatusIs(kInvalid, HasSubstr("truncated")));
  EXPECT_THAT(ReadImageInfo(ClaimPngSize(PngFile(), 70'000, 70'000)),
              StatusIs(kInvalid, HasSubstr("oversized")));
  EXPECT_THAT(ReadImageInfo(ClaimPngSize(PngFile(), 0, 5)),
              StatusIs(kInvalid, HasSubstr("no pixels")));
  EXPECT_THAT(ReadImageInfo(ClaimJpegSize(MakeJpeg(MakeGradient(8, 8, 3)), 60'000, 60'000)),
              StatusIs(kInvalid, HasSubstr("oversized")));
  EXPECT_THAT(ReadImageInfo(PngFile(), {.max_bytes = 10}),
              StatusIs(kInvalid, HasSubstr("10 bytes")));
}

TEST(DecodeImageTest, SaysWhatIsWrongWithBytesThatAreNoImage) {
  EXPECT_THAT(DecodeImage("", 1), StatusIs(kInvalid, HasSubstr("empty")));
  EXPECT_THAT(DecodeImage("GIF89a-and-more", 1),
              StatusIs(kInvalid, AllOf(HasSubstr("PNG or JPEG"), HasSubstr("474946383961"))));
  EXPECT_THAT(DecodeImage(std::string(100, '\0'), 3),
              StatusIs(kInvalid, HasSubstr("0000000000000000")));
  EXPECT_THAT(DecodeImage(PngFile(), 2), StatusIs(kInvalid, HasSubstr("expected 1 or 3")));
}

TEST(DecodeImageTest, RefusesEveryTruncation) {
  for (const NamedFile& file : ValidFiles()) {
    ASSERT_THAT(DecodeImage(file.bytes, 3), IsOk()) << file.name;
    for (size_t length = 1; length < file.bytes.size(); ++length) {
      const std::string_view start = std::string_view(file.bytes).substr(0, length);
      EXPECT_THAT(DecodeImage(start, 3), StatusIs(kInvalid, HasSubstr("truncated")))
          << file.name << " cut to " << length << " of " << file.bytes.size() << " bytes";
    }
  }
}

TEST(DecodeImageTest, SurvivesEveryFlippedByte) {
  for (const NamedFile& file : ValidFiles()) {
    for (size_t position = 0; position < file.bytes.size(); ++position) {
      for (const int bits : {0x01, 0x80, 0xff}) {
        std::string damaged = file.bytes;
        damaged[position] = static_cast<char>(damaged[position] ^ bits);
        const auto image = DecodeImage(damaged, 3);
        if (!image.ok()) {
          EXPECT_TRUE(absl::IsInvalidArgument(image.status())) << image.status();
        } else {
          EXPECT_EQ(image->pixels.size(), size_t{3} * image->width * image->height);
        }
      }
    }
  }
}

TEST(DecodeImageTest, RefusesBombsByTheirHeader) {
  const auto oversized = StatusIs(kInvalid, AllOf(HasSubstr("oversized"), HasSubstr("16777216")));
  EXPECT_THAT(DecodeImage(ClaimPngSize(PngFile(), 0x7fffffff, 0x7fffffff), 3), oversized);
  EXPECT_THAT(DecodeImage(ClaimPngSize(PngFile(), 4097, 4096), 1), oversized);
  EXPECT_THAT(DecodeImage(ClaimPngSize(PngFile(), 1, 65536), 1),
              StatusIs(kInvalid, HasSubstr("65535 a side")));
  const std::string jpeg = MakeJpeg(MakeGradient(16, 16, 3));
  EXPECT_THAT(DecodeImage(ClaimJpegSize(jpeg, 65500, 65500), 3), oversized);
  // Within the bound the missing pixels are what is wrong.
  EXPECT_THAT(DecodeImage(ClaimPngSize(PngFile(), 4096, 4096), 1),
              StatusIs(kInvalid, HasSubstr("truncated or damaged")));
}

TEST(DecodeImageTest, HoldsToTheCallersLimits) {
  const std::string png = PngFile();
  EXPECT_THAT(DecodeImage(png, 3, {.max_bytes = png.size(), .max_pixels = 13 * 9}), IsOk());
  EXPECT_THAT(DecodeImage(png, 3, {.max_bytes = png.size() - 1}),
              StatusIs(kInvalid, AllOf(HasSubstr("oversized"), HasSubstr("bytes"),
                                       HasSubstr(std::to_string(png.size() - 1)))));
  EXPECT_THAT(DecodeImage(png, 3, {.max_pixels = 13 * 9 - 1}),
              StatusIs(kInvalid, AllOf(HasSubstr("13 x 9"), HasSubstr("116"))));
  const std::string jpeg = MakeJpeg(MakeGradient(13, 9, 1));
  EXPECT_THAT(DecodeImage(jpeg, 1, {.max_pixels = 116}),
              StatusIs(kInvalid, AllOf(HasSubstr("13 x 9"), HasSubstr("116"))));
}

TEST(DecodeImageTest, DecodesJpegsToNearlyTheirPixels) {
  for (const int flags : {0, TJFLAG_PROGRESSIVE}) {
    for (const uint32_t channels : {1u, 3u}) {
      const Image original = MakeGradient(30, 20, channels);
      const auto image = DecodeImage(MakeJpeg(original, flags), channels);
      ASSERT_THAT(image, IsOk());
      ASSERT_EQ(image->pixels.size(), original.pixels.size());
      EXPECT_EQ(image->width, 30u);
      EXPECT_EQ(image->height, 20u);
      for (size_t i = 0; i < original.pixels.size(); ++i) {
        ASSERT_NEAR(image->pixels[i], original.pixels[i], 3) << i;
      }
    }
  }
}

TEST(DecodeImageTest, ConvertsJpegsBetweenGreyAndColour) {
  const auto grey_as_rgb = DecodeImage(MakeJpeg(Image{8, 8, 1, std::vector<uint8_t>(64, 77)}), 3);
  ASSERT_THAT(grey_as_rgb, IsOk());
  EXPECT_EQ(grey_as_rgb->pixels.size(), 192u);
  EXPECT_THAT(grey_as_rgb->pixels, Each(77));
  Image red{8, 8, 3, {}};
  for (int i = 0; i < 64; ++i) red.pixels.insert(red.pixels.end(), {255, 0, 0});
  const auto red_as_grey = DecodeImage(MakeJpeg(red), 1);
  ASSERT_THAT(red_as_grey, IsOk());
  EXPECT_EQ(red_as_grey->pixels.size(), 64u);
  EXPECT_THAT(red_as_grey->pixels, Each(AnyOf(75, 76, 77)));
}

TEST(DecodeImageTest, RefusesCmykJpegsByName) {
  const Image cmyk{8, 8, 4, std::vector<uint8_t>(256, 100)};
  EXPECT_THAT(DecodeImage(MakeJpeg(cmyk), 3), StatusIs(kInvalid, HasSubstr("CMYK")));
}

}  // namespace
}  // namespace provnet
