#include "trainer/selection/herding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "tests/trainer/selection/random_features.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Vector = std::vector<double>;

Vector Unit(std::span<const float> row) {
  Vector unit(row.begin(), row.end());
  const double length = std::sqrt(std::inner_product(unit.begin(), unit.end(), unit.begin(), 0.0));
  for (double& value : unit) value /= length;
  return unit;
}

double Distance(const Vector& a, const Vector& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum);
}

Vector MeanOf(const std::vector<Vector>& vectors) {
  Vector mean(vectors[0].size());
  for (const Vector& vector : vectors) {
    for (size_t i = 0; i < mean.size(); ++i)
      mean[i] += vector[i] / static_cast<double>(vectors.size());
  }
  return mean;
}

// The definition, word for word.
std::vector<uint64_t> HerdSlowly(const FloatMatrix& features,
                                 const std::vector<uint64_t>& candidates, uint64_t count) {
  std::vector<Vector> all;
  for (const uint64_t candidate : candidates) all.push_back(Unit(features.row(candidate)));
  const Vector mean = MeanOf(all);
  std::vector<uint64_t> picks;
  std::vector<Vector> picked;
  while (picks.size() < count) {
    double best = std::numeric_limits<double>::infinity();
    size_t best_at = 0;
    for (size_t i = 0; i < candidates.size(); ++i) {
      if (std::find(picks.begin(), picks.end(), candidates[i]) != picks.end()) continue;
      std::vector<Vector> with = picked;
      with.push_back(all[i]);
      const double distance = Distance(MeanOf(with), mean);
      if (distance < best) {
        best = distance;
        best_at = i;
      }
    }
    picks.push_back(candidates[best_at]);
    picked.push_back(all[best_at]);
  }
  return picks;
}

TEST(HerdingTest, PicksAsTheDefinitionDoes) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const FloatMatrix features = RandomFeatures(25, 4, seed);
    std::vector<uint64_t> candidates;
    for (uint64_t i = seed % 3; i < 25; i += 1 + seed % 2) candidates.push_back(i);
    for (const uint64_t count : {uint64_t{1}, uint64_t{5}, uint64_t{candidates.size()}}) {
      EXPECT_EQ(Herd(features, candidates, count), HerdSlowly(features, candidates, count)) << seed;
    }
  }
}

TEST(HerdingTest, BeginsWithTheSampleInTheMiddle) {
  FloatMatrix features(3, 2);
  features.values = {1, 0.5F, 1, 0, 1, -0.5F};
  const std::vector<uint64_t> all = {0, 1, 2};
  EXPECT_EQ(Herd(features, all, 1)[0], 1u);
  EXPECT_THAT(Herd(features, all, 0), IsEmpty());
}

TEST(HerdingTest, CopiesAndZeroRowsArePickedOnce) {
  FloatMatrix features(4, 2);  // all zero
  features.values[0] = features.values[2] = 1;
  const std::vector<uint64_t> all = {0, 1, 2, 3};
  const auto picks = Herd(features, all, 4);
  EXPECT_EQ(std::set<uint64_t>(picks.begin(), picks.end()).size(), 4u);
}

}  // namespace
}  // namespace provnet
