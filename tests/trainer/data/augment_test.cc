#include "trainer/data/augment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace provnet {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

constexpr AugmentOptions kIdentity{.rotation_degrees = 0,
                                   .translation_pixels = 0,
                                   .scale = 0,
                                   .noise_stddev = 0,
                                   .noise_probability = 0};

std::vector<uint8_t> Gradient(size_t size) {
  std::vector<uint8_t> image(size);
  for (size_t i = 0; i < size; ++i) image[i] = static_cast<uint8_t>(i * 7 + 3);
  return image;
}

// A soft disc in the middle of 28x28, well away from the border.
std::vector<uint8_t> Disc() {
  std::vector<uint8_t> image(28 * 28);
  for (int y = 0; y < 28; ++y) {
    for (int x = 0; x < 28; ++x) {
      const double r = std::hypot(x - 13.5, y - 13.5);
      image[y * 28 + x] = static_cast<uint8_t>(std::clamp(255 * (7 - r) / 2, 0.0, 255.0));
    }
  }
  return image;
}

std::vector<float> Augment(const std::vector<uint8_t>& image, uint32_t channels, uint32_t height,
                           uint32_t width, const AugmentOptions& options, uint64_t seed) {
  std::vector<float> out(image.size(), -1.0f);
  Rng rng(seed);
  AugmentInto(image, channels, height, width, options, rng, out.data());
  return out;
}

struct Moments {
  double mass = 0, x = 0, y = 0;
};

Moments MomentsOf(const std::vector<float>& image) {
  Moments m;
  for (int i = 0; i < 28 * 28; ++i) {
    m.mass += image[i];
    m.x += image[i] * (i % 28);
    m.y += image[i] * (i / 28);
  }
  m.x /= m.mass;
  m.y /= m.mass;
  return m;
}

std::vector<float> MirroredRows(const std::vector<uint8_t>& image, size_t width) {
  std::vector<float> out;
  for (size_t row = 0; row < image.size(); row += width) {
    for (size_t x = width; x-- > 0;) out.push_back(static_cast<float>(image[row + x]) / 255.0f);
  }
  return out;
}

TEST(AugmentTest, FlipMirrorsEveryRowOfEveryChannelOrNone) {
  AugmentOptions options = kIdentity;
  options.flip_probability = 1;
  const auto image = Gradient(3 * 5 * 4);
  EXPECT_EQ(Augment(image, 3, 5, 4, options, 1), MirroredRows(image, 4));
  options.flip_probability = 0.5;
  int flipped = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    const auto view = Augment(image, 3, 5, 4, options, seed);
    const bool mirrored = view == MirroredRows(image, 4);
    EXPECT_TRUE(mirrored || view == Augment(image, 3, 5, 4, kIdentity, seed)) << seed;
    flipped += mirrored;
  }
  EXPECT_NEAR(flipped, 200, 50);
}

TEST(AugmentTest, FlipMirrorsBeforeItMoves) {
  AugmentOptions moving = kIdentity;
  moving.rotation_degrees = 20;
  moving.translation_pixels = 2;
  AugmentOptions flipping = moving;
  flipping.flip_probability = 1;
  const auto image = Gradient(28 * 28);
  std::vector<uint8_t> mirrored(image.size());
  for (size_t i = 0; i < image.size(); ++i) mirrored[i] = image[i - i % 28 + 27 - i % 28];
  const auto expected = Augment(mirrored, 1, 28, 28, moving, 3);
  const auto view = Augment(image, 1, 28, 28, flipping, 3);
  for (size_t i = 0; i < view.size(); ++i) ASSERT_NEAR(view[i], expected[i], 1e-3) << i;
}

TEST(AugmentTest, OnlyFlippingDistortsToo) {
  EXPECT_FALSE(Distorts(kIdentity));
  AugmentOptions options = kIdentity;
  options.flip_probability = 0.5;
  EXPECT_TRUE(Distorts(options));
  EXPECT_TRUE(Distorts(PhotographViews()));
}

TEST(AugmentTest, IsExactlyTheImageWhenEveryOptionIsZero) {
  struct Row {
    uint32_t channels, height, width;
  };
  for (const Row row : {Row{1, 28, 28}, Row{3, 5, 4}, Row{1, 1, 1}, Row{2, 1, 9}}) {
    const auto image = Gradient(size_t{row.channels} * row.height * row.width);
    const auto out = Augment(image, row.channels, row.height, row.width, kIdentity, 1);
    for (size_t i = 0; i < image.size(); ++i) ASSERT_EQ(out[i], image[i] / 255.0f) << i;
  }
}

TEST(AugmentTest, DependsOnTheSeedAlone) {
  const auto image = Disc();
  EXPECT_EQ(Augment(image, 1, 28, 28, {}, 5), Augment(image, 1, 28, 28, {}, 5));
  EXPECT_NE(Augment(image, 1, 28, 28, {}, 5), Augment(image, 1, 28, 28, {}, 6));
}

TEST(AugmentTest, StaysBetweenZeroAndOne) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const auto out = Augment(Gradient(784), 1, 28, 28, {}, seed);
    EXPECT_TRUE(std::all_of(out.begin(), out.end(), [](float v) { return v >= 0 && v <= 1; }));
  }
}

TEST(AugmentTest, MovesByUpToTheTranslationInAllDirections) {
  AugmentOptions options = kIdentity;
  options.translation_pixels = 2;
  const auto image = Disc();
  Moments low{.mass = 0, .x = 99, .y = 99};
  Moments high;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const Moments m = MomentsOf(Augment(image, 1, 28, 28, options, seed));
    low.x = std::min(low.x, m.x);
    low.y = std::min(low.y, m.y);
    high.x = std::max(high.x, m.x);
    high.y = std::max(high.y, m.y);
  }
  EXPECT_NEAR(low.x, 11.5, 0.15);
  EXPECT_NEAR(low.y, 11.5, 0.15);
  EXPECT_NEAR(high.x, 15.5, 0.15);
  EXPECT_NEAR(high.y, 15.5, 0.15);
}

TEST(AugmentTest, ScalesTheAreaBothWaysAboutTheCentre) {
  AugmentOptions options = kIdentity;
  options.scale = 0.1;
  const auto image = Disc();
  const double mass = MomentsOf(Augment(image, 1, 28, 28, kIdentity, 0)).mass;
  double smallest = 99;
  double largest = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const Moments m = MomentsOf(Augment(image, 1, 28, 28, options, seed));
    EXPECT_NEAR(m.x, 13.5, 0.01);
    smallest = std::min(smallest, m.mass / mass);
    largest = std::max(largest, m.mass / mass);
  }
  EXPECT_NEAR(smallest, 0.81, 0.02);
  EXPECT_NEAR(largest, 1.21, 0.02);
}

TEST(AugmentTest, RotatesClockwiseByExactlyTheAngle) {
  // A dot 10 pixels to the right of the centre goes down.
  std::vector<uint8_t> image(29 * 29);
  image[14 * 29 + 24] = 255;
  std::vector<float> out(image.size());
  RotateInto(image, 1, 29, 29, 90, out.data());
  EXPECT_NEAR(out[24 * 29 + 14], 1, 1e-4);
  RotateInto(image, 1, 29, 29, 0, out.data());
  EXPECT_EQ(out[14 * 29 + 24], 1);
}

TEST(AugmentTest, RotatesByUpToTheAngleBothWays) {
  AugmentOptions options = kIdentity;
  options.rotation_degrees = 15;
  // A dot 10 pixels to the right of the centre.
  std::vector<uint8_t> image(29 * 29);
  for (int y = 13; y <= 15; ++y) {
    for (int x = 23; x <= 25; ++x) image[y * 29 + x] = 255;
  }
  double lowest = 99;
  double highest = -99;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    const auto out = Augment(image, 1, 29, 29, options, seed);
    double mass = 0, mx = 0, my = 0;
    for (int i = 0; i < 29 * 29; ++i) {
      mass += out[i];
      mx += out[i] * (i % 29 - 14);
      my += out[i] * (i / 29 - 14);
    }
    EXPECT_NEAR(std::hypot(mx, my) / mass, 10.0, 0.1);
    const double degrees = std::atan2(my, mx) * 180 / M_PI;
    lowest = std::min(lowest, degrees);
    highest = std::max(highest, degrees);
  }
  EXPECT_NEAR(lowest, -15, 0.7);
  EXPECT_NEAR(highest, 15, 0.7);
}

TEST(AugmentTest, AddsNoiseOfTheGivenStrengthToTheGivenShareOfViews) {
  AugmentOptions options = kIdentity;
  options.noise_stddev = 0.1;
  options.noise_probability = 0.5;
  const std::vector<uint8_t> grey(784, 128);
  int noisy = 0;
  double squares = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    const auto out = Augment(grey, 1, 28, 28, options, seed);
    if (out[0] == 128 / 255.0f && out[1] == out[0]) continue;
    ++noisy;
    for (const float value : out) squares += (value - 128 / 255.0f) * (value - 128 / 255.0f);
  }
  EXPECT_NEAR(noisy, 200, 40);
  EXPECT_NEAR(std::sqrt(squares / noisy / 784), 0.1, 0.002);
}

TEST(AugmentTest, MovesAllChannelsAlike) {
  AugmentOptions options;
  options.noise_probability = 0;
  const auto disc = Disc();
  std::vector<uint8_t> colour;
  for (int c = 0; c < 3; ++c) colour.insert(colour.end(), disc.begin(), disc.end());
  const auto out = Augment(colour, 3, 28, 28, options, 3);
  const std::vector<float> first(out.begin(), out.begin() + 784);
  EXPECT_EQ(first, Augment(disc, 1, 28, 28, options, 3));
  EXPECT_EQ(first, std::vector<float>(out.begin() + 1568, out.end()));
}

TEST(ShiftTest, MovesWholePixelsAndFillsWithZero) {
  const std::vector<uint8_t> image = {1, 2, 3,  //
                                      4, 5, 6};
  const auto shifted = [&](int dx, int dy) {
    std::vector<uint8_t> out(6, 99);
    ShiftInto(image, 1, 2, 3, dx, dy, out);
    return out;
  };
  EXPECT_THAT(shifted(0, 0), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(shifted(1, 0), ElementsAre(0, 1, 2, 0, 4, 5));
  EXPECT_THAT(shifted(-2, 0), ElementsAre(3, 0, 0, 6, 0, 0));
  EXPECT_THAT(shifted(0, 1), ElementsAre(0, 0, 0, 1, 2, 3));
  EXPECT_THAT(shifted(1, -1), ElementsAre(0, 4, 5, 0, 0, 0));
  for (const int far : {3, -3, 1000, -1000}) {
    EXPECT_THAT(shifted(far, 0), Each(0)) << far;
    EXPECT_THAT(shifted(0, far), Each(0)) << far;
  }
}

TEST(ShiftTest, KeepsChannelsApart) {
  const std::vector<uint8_t> image = {1, 2, 3, 4};  // two channels of 2x1
  std::vector<uint8_t> out(4);
  ShiftInto(image, 2, 2, 1, 0, 1, out);
  EXPECT_THAT(out, ElementsAre(0, 1, 0, 3));
}

}  // namespace
}  // namespace provnet
