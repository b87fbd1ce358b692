#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "storage/image/image.h"
#include "tests/storage/image/image_fixtures.h"

namespace provnet {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

double Mean(const Image& image) {
  return std::accumulate(image.pixels.begin(), image.pixels.end(), 0.0) / image.pixels.size();
}

Image Mirror(Image image) {
  for (uint32_t y = 0; y < image.height; ++y) {
    const auto row = image.pixels.begin() + y * image.width;
    std::reverse(row, row + image.width);
  }
  return image;
}

TEST(ResizeTest, ReturnsAnImageOfTheRightSizeAsItIs) {
  const Image image = MakeGradient(28, 17, 3);
  const Image same = Resize(image, 28, 17);
  EXPECT_EQ(same.pixels, image.pixels);
}

TEST(ResizeTest, RowsAndColumnsGiveTheSameInEitherOrder) {
  const Image tall = MakeGradient(7, 90, 3);
  Image wide{90, 7, 3, std::vector<uint8_t>(tall.pixels.size())};
  for (size_t y = 0; y < 90; ++y) {
    for (size_t x = 0; x < 7; ++x)
      std::copy_n(&tall.pixels[(y * 7 + x) * 3], 3, &wide.pixels[(x * 90 + y) * 3]);
  }
  const Image shrunk_tall = Resize(tall, 5, 11), shrunk_wide = Resize(wide, 11, 5);
  for (size_t y = 0; y < 11; ++y) {
    for (size_t x = 0; x < 5; ++x) {
      for (size_t c = 0; c < 3; ++c) {
        EXPECT_NEAR(shrunk_tall.pixels[(y * 5 + x) * 3 + c],
                    shrunk_wide.pixels[(x * 11 + y) * 3 + c], 1);
      }
    }
  }
}

// With rows first there would be 67 GB between the two passes.
TEST(ResizeTest, AnImageOfOneColumnTakesNoMoreMemoryThanOthers) {
  const Image strip{1, 1u << 24, 1, std::vector<uint8_t>(1u << 24, 7)};
  const Image resized = Resize(strip, 1000, 2);
  EXPECT_THAT(resized.pixels, Each(7));
}

TEST(ResizeTest, GivesTheSizeThatWasAskedFor) {
  for (const auto& [width, height] :
       {std::pair{1u, 1u}, std::pair{28u, 28u}, std::pair{100u, 3u}}) {
    const Image resized = Resize(MakeGradient(17, 31, 3), width, height);
    EXPECT_EQ(resized.width, width);
    EXPECT_EQ(resized.height, height);
    EXPECT_EQ(resized.channels, 3u);
    EXPECT_EQ(resized.pixels.size(), size_t{3} * width * height);
  }
}

TEST(ResizeTest, KeepsAConstantImageConstant) {
  for (const uint8_t value : {0, 1, 127, 254, 255}) {
    const Image image{13, 7, 1, std::vector<uint8_t>(91, value)};
    for (const uint32_t size : {1u, 5u, 13u, 64u}) {
      EXPECT_THAT(Resize(image, size, size).pixels, Each(value)) << size;
    }
  }
}

TEST(ResizeTest, InterpolatesBetweenPixelCentres) {
  EXPECT_THAT(Resize(Image{2, 1, 1, {0, 100}}, 4, 1).pixels, ElementsAre(0, 25, 75, 100));
  EXPECT_THAT(Resize(Image{1, 2, 1, {0, 100}}, 1, 4).pixels, ElementsAre(0, 25, 75, 100));
  EXPECT_THAT(Resize(Image{1, 1, 3, {1, 2, 3}}, 2, 1).pixels, ElementsAre(1, 2, 3, 1, 2, 3));
}

TEST(ResizeTest, LetsEveryPixelCountWhenShrinking) {
  EXPECT_THAT(Resize(Image{2, 1, 1, {0, 100}}, 1, 1).pixels, ElementsAre(50));
  EXPECT_THAT(Resize(Image{2, 2, 1, {0, 100, 100, 200}}, 1, 1).pixels, ElementsAre(100));
  // One white pixel of 64 survives a sharp reduction as its share, wherever it lies.
  for (size_t at = 0; at < 64; at += 9) {
    Image image{64, 1, 1, std::vector<uint8_t>(64, 0)};
    image.pixels[at] = 255;
    EXPECT_GT(Mean(Resize(image, 4, 1)), 1) << at;
  }
}

TEST(ResizeTest, KeepsTheMean) {
  const Image image = MakeGradient(40, 24, 1);
  for (const uint32_t factor : {2u, 4u, 8u}) {
    EXPECT_NEAR(Mean(Resize(image, 40 / factor, 24 / factor)), Mean(image), 1.0) << factor;
  }
}

TEST(ResizeTest, CommutesWithMirroring) {
  Image image = MakeGradient(23, 5, 1);
  image.pixels[7] = 255;
  for (const uint32_t width : {3u, 11u, 60u}) {
    EXPECT_EQ(Resize(Mirror(image), width, 9).pixels, Mirror(Resize(image, width, 9)).pixels)
        << width;
  }
}

TEST(ResizeTest, DoesNotMixChannels) {
  Image image = MakeGradient(20, 20, 3);
  Image red{20, 20, 1, {}};
  for (size_t i = 0; i < image.pixels.size(); i += 3) red.pixels.push_back(image.pixels[i]);
  const Image small = Resize(image, 7, 7);
  const Image small_red = Resize(red, 7, 7);
  for (size_t i = 0; i < small_red.pixels.size(); ++i) {
    EXPECT_EQ(small.pixels[3 * i], small_red.pixels[i]) << i;
  }
}

}  // namespace
}  // namespace provnet
