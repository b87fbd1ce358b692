#include "trainer/data/corruption.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>
#include <numeric>
#include <set>

#include "trainer/data/glyphs.h"

namespace provnet {
namespace {

using ::testing::Each;

Dataset Digits() {
  Dataset digits = MakeGlyphs(100, 1, 1).train;
  return digits;
}

// `count` images of one value, of two channels of 12 x 10.
Dataset Flat(size_t count, uint8_t value) {
  Dataset flat;
  flat.channels = 2;
  flat.height = 12;
  flat.width = 10;
  flat.labels.assign(count, 0);
  flat.class_names = {"only"};
  flat.source_positions.assign(count, 0);
  flat.pixels.assign(count * flat.image_bytes(), value);
  return flat;
}

double MeanDifference(const Dataset& a, const Dataset& b) {
  double sum = 0;
  for (size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(a.pixels[i] - b.pixels[i]);
  return sum / static_cast<double>(a.pixels.size());
}

TEST(Corruption, OfStrengthZeroIsTheIdentity) {
  const Dataset digits = Digits();
  for (CorruptionKind kind : kCorruptionKinds) {
    EXPECT_EQ(Corrupted(digits, kind, 0, 1).pixels, digits.pixels) << CorruptionName(kind);
  }
}

TEST(Corruption, DependsOnTheSeedAndNothingElse) {
  const Dataset digits = Digits();
  for (CorruptionKind kind : kCorruptionKinds) {
    const Dataset once = Corrupted(digits, kind, 4, 7);
    EXPECT_EQ(once.pixels, Corrupted(digits, kind, 4, 7).pixels) << CorruptionName(kind);
    EXPECT_EQ(once.labels, digits.labels);
    if (kind == CorruptionKind::kBlur) continue;
    EXPECT_NE(once.pixels, Corrupted(digits, kind, 4, 8).pixels) << CorruptionName(kind);
  }
}

TEST(Corruption, ChangesMoreWithMoreStrength) {
  const Dataset digits = Digits();
  const struct {
    CorruptionKind kind;
    double weak, strong;
  } kCases[] = {{CorruptionKind::kNoise, 0.1, 0.3},
                {CorruptionKind::kRotation, 10, 40},
                {CorruptionKind::kShift, 1, 4},
                {CorruptionKind::kBlur, 0.5, 2},
                {CorruptionKind::kOcclusion, 6, 14}};
  for (const auto& c : kCases) {
    const double weak = MeanDifference(digits, Corrupted(digits, c.kind, c.weak, 1));
    EXPECT_GT(weak, 0) << CorruptionName(c.kind);
    EXPECT_GT(MeanDifference(digits, Corrupted(digits, c.kind, c.strong, 1)), 1.2 * weak)
        << CorruptionName(c.kind);
  }
}

TEST(Corruption, NoiseHasItsStandardDeviation) {
  const Dataset grey = Flat(50, 128);
  const Dataset noisy = Corrupted(grey, CorruptionKind::kNoise, 0.1, 3);
  double sum = 0, squares = 0;
  for (uint8_t pixel : noisy.pixels) {
    const double value = (pixel - 128) / 255.0;
    sum += value;
    squares += value * value;
  }
  const double count = static_cast<double>(noisy.pixels.size());
  EXPECT_NEAR(sum / count, 0, 0.005);
  EXPECT_NEAR(std::sqrt(squares / count), 0.1, 0.005);
}

TEST(Corruption, RotationGoesToBothSidesAndAFullTurnEndsWhereItBegan) {
  Dataset digit = Flat(40, 0);
  // One pixel left of the centre, in the first channel.
  for (size_t i = 0; i < digit.size(); ++i)
    digit.pixels[i * digit.image_bytes() + 5 * 10 + 1] = 255;
  const Dataset turned = Corrupted(digit, CorruptionKind::kRotation, 30, 1);
  std::set<std::vector<uint8_t>> pictures;
  for (size_t i = 0; i < turned.size(); ++i) {
    pictures.emplace(turned.image(i).begin(), turned.image(i).end());
  }
  EXPECT_EQ(pictures.size(), 2U);
  const Dataset digits = Digits();
  EXPECT_LT(MeanDifference(digits, Corrupted(digits, CorruptionKind::kRotation, 360, 1)), 0.6);
}

TEST(Corruption, ShiftMovesByWholePixelsInEightDirections) {
  Dataset point = Flat(200, 0);
  const size_t centre = 6 * 10 + 5;
  for (size_t i = 0; i < point.size(); ++i) point.pixels[i * point.image_bytes() + centre] = 9;
  const Dataset moved = Corrupted(point, CorruptionKind::kShift, 2, 1);
  std::set<long> offsets;
  for (size_t i = 0; i < moved.size(); ++i) {
    const auto image = moved.image(i);
    const auto found = std::find(image.begin(), image.end(), 9);
    ASSERT_NE(found, image.end());
    offsets.insert(found - image.begin() - static_cast<long>(centre));
  }
  EXPECT_EQ(offsets, (std::set<long>{-22, -20, -18, -2, 2, 18, 20, 22}));
  // Nothing is left of an image that moved out.
  EXPECT_THAT(Corrupted(Flat(5, 200), CorruptionKind::kShift, 1e9, 1).pixels, Each(0));
}

TEST(Corruption, BlurSpreadsAPointAndKeepsItsSum) {
  Dataset point = Flat(1, 0);
  point.pixels[6 * 10 + 5] = 255;
  const Dataset blurred = Corrupted(point, CorruptionKind::kBlur, 1, 1);
  const auto image = blurred.image(0);
  // exp(-r^2 / 2) / (2 pi).
  EXPECT_NEAR(image[6 * 10 + 5], 255 * 0.159, 1);
  EXPECT_NEAR(image[6 * 10 + 6], 255 * 0.159 * std::exp(-0.5), 1);
  EXPECT_NEAR(image[5 * 10 + 4], 255 * 0.159 * std::exp(-1.0), 1);
  EXPECT_NEAR(std::accumulate(image.begin(), image.begin() + 120, 0), 255, 20);
  // The other channel has nothing.
  EXPECT_THAT(std::vector<uint8_t>(image.begin() + 120, image.end()), Each(0));
}

TEST(Corruption, OcclusionBlanksASquareInAllChannelsAtVaryingPlaces) {
  const Dataset hidden = Corrupted(Flat(60, 200), CorruptionKind::kOcclusion, 4, 1);
  std::set<long> corners;
  for (size_t i = 0; i < hidden.size(); ++i) {
    const auto image = hidden.image(i);
    EXPECT_EQ(std::count(image.begin(), image.end(), 0), 2 * 4 * 4);
    const auto first = std::find(image.begin(), image.end(), 0);
    EXPECT_EQ(*(first + 3 * 10 + 3), 0);
    EXPECT_EQ(*(first + 120), 0);
    corners.insert(first - image.begin());
  }
  EXPECT_GT(corners.size(), 20U);
  // As large as the image allows.
  const Dataset large = Corrupted(Flat(1, 200), CorruptionKind::kOcclusion, 1e9, 1);
  EXPECT_EQ(std::count(large.pixels.begin(), large.pixels.end(), 0), 2 * 10 * 10);
}

}  // namespace
}  // namespace provnet
