#include "trainer/experiments/nearest_pixels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "trainer/data/glyphs.h"

namespace provnet {
namespace {

TEST(NegativeNearestDistancesTest, EqualsBruteForce) {
  const DatasetPair glyphs = MakeGlyphs(60, 1);
  const std::vector<float> got = NegativeNearestDistances(glyphs.test, glyphs.train);
  ASSERT_EQ(got.size(), glyphs.test.size());
  for (size_t i = 0; i < got.size(); ++i) {
    double nearest = INFINITY;
    for (size_t j = 0; j < glyphs.train.size(); ++j) {
      double sum = 0;
      for (size_t p = 0; p < glyphs.test.image_bytes(); ++p) {
        const double difference = (glyphs.test.image(i)[p] - glyphs.train.image(j)[p]) / 255.0;
        sum += difference * difference;
      }
      nearest = std::min(nearest, std::sqrt(sum));
    }
    EXPECT_NEAR(got[i], -nearest, 1e-3) << i;
  }
}

TEST(NegativeNearestDistancesTest, IsZeroForACopy) {
  const Dataset train = MakeGlyphs(60, 1).train;
  for (const float distance : NegativeNearestDistances(train, train))
    EXPECT_NEAR(distance, 0, 0.05) << "up to cancellation in float";
}

}  // namespace
}  // namespace provnet
