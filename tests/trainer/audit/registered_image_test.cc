#include "trainer/audit/registered_image.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "trainer/data/augment.h"
#include "trainer/data/glyphs.h"
#include "trainer/data/random.h"

namespace provnet {
namespace {

class RegisteredImageTest : public ::testing::Test {
 protected:
  using Pixels = std::vector<uint8_t>;

  RegisteredImage Image(std::span<const uint8_t> pixels) const {
    return RegisteredImage(pixels, 1, 28, 28);
  }
  double Distance(std::span<const uint8_t> fixed, std::span<const uint8_t> moving) const {
    const RegisteredImage image = Image(fixed);
    return Registration(image).Distance(Image(moving));
  }
  // Without any motion.
  double PlainDistance(std::span<const uint8_t> a, std::span<const uint8_t> b) const {
    const RegisteredImage first = Image(a), second = Image(b);
    double sum = 0;
    for (size_t i = 0; i < first.values().size(); ++i) {
      sum += std::pow(first.values()[i] - second.values()[i], 2);
    }
    return std::sqrt(sum);
  }
  Pixels Turned(std::span<const uint8_t> image, double degrees) const {
    std::vector<float> turned(image.size());
    RotateInto(image, 1, 28, 28, degrees, turned.data());
    Pixels pixels;
    for (const float value : turned) {
      pixels.push_back(static_cast<uint8_t>(std::lround(value * 255)));
    }
    return pixels;
  }

  const Dataset glyphs_ = MakeGlyphs(100, 5, 1).train;
};

TEST_F(RegisteredImageTest, FindsShiftsAndTurns) {
  for (size_t i = 0; i < 20; ++i) {
    const auto image = glyphs_.image(i);
    Pixels shifted(image.size());
    ShiftInto(image, 1, 28, 28, 1, -2, shifted);
    EXPECT_LT(Distance(image, shifted), 0.05 * PlainDistance(image, shifted)) << i;
    for (const double degrees : {-8.0, 8.0}) {
      const Pixels turned = Turned(image, degrees);
      EXPECT_LT(Distance(image, turned), 0.6 * PlainDistance(image, turned)) << i << " " << degrees;
    }
  }
}

TEST_F(RegisteredImageTest, LightAndContrastDontCount) {
  const auto image = glyphs_.image(0);
  Pixels dim;
  for (const uint8_t pixel : image) dim.push_back(static_cast<uint8_t>(20 + pixel * 0.85));
  EXPECT_LT(Distance(image, dim), 0.02 * PlainDistance(image, dim));
}

TEST_F(RegisteredImageTest, OtherImagesStayFar) {
  for (size_t i = 1; i < 30; ++i) {
    const double distance = Distance(glyphs_.image(0), glyphs_.image(i));
    EXPECT_GT(distance, 1) << i;
    EXPECT_LE(distance, PlainDistance(glyphs_.image(0), glyphs_.image(i)) + 1e-6) << i;
  }
}

TEST_F(RegisteredImageTest, AnImageIsNoDistanceFromItself) {
  EXPECT_LT(Distance(glyphs_.image(3), glyphs_.image(3)), 1e-6);
}

TEST_F(RegisteredImageTest, FlatAndTinyImagesAreCompared) {
  const Pixels black(784, 0), grey(784, 100);
  EXPECT_EQ(Distance(black, black), 0);
  // A difference of light alone.
  EXPECT_EQ(Distance(black, grey), 0);
  EXPECT_GT(Distance(glyphs_.image(0), black), 1);
  const RegisteredImage pixel(std::vector<uint8_t>{7}, 1, 1, 1);
  EXPECT_EQ(Registration(pixel).Distance(pixel), 0);
}

TEST_F(RegisteredImageTest, LargeColourImagesAreReduced) {
  const std::vector<uint8_t> pixels(3 * 100 * 50, 128);
  const RegisteredImage image(pixels, 3, 100, 50);
  EXPECT_EQ(image.height(), kRegistrationSide);
  EXPECT_EQ(image.width(), kRegistrationSide / 2);
  EXPECT_EQ(image.channels(), 3U);
  for (const float value : image.values()) EXPECT_NEAR(value, 128.0 / 255, 0.01);
}

}  // namespace
}  // namespace provnet
