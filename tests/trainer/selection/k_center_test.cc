#include "trainer/selection/k_center.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "tests/trainer/selection/random_features.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;

double Distance(const FloatMatrix& features, uint64_t a, uint64_t b) {
  double sum = 0;
  for (size_t c = 0; c < features.columns; ++c) {
    sum += std::pow(features.row(a)[c] - features.row(b)[c], 2);
  }
  return std::sqrt(sum);
}

// From `sample` to the nearest of `picks`.
double Reach(const FloatMatrix& features, const std::vector<uint64_t>& picks, uint64_t sample) {
  double nearest = std::numeric_limits<double>::infinity();
  for (const uint64_t pick : picks) nearest = std::min(nearest, Distance(features, pick, sample));
  return nearest;
}

double Radius(const FloatMatrix& features, const std::vector<uint64_t>& picks,
              const std::vector<uint64_t>& candidates) {
  double radius = 0;
  for (const uint64_t sample : candidates)
    radius = std::max(radius, Reach(features, picks, sample));
  return radius;
}

// The definition, word for word.
std::vector<uint64_t> PickSlowly(const FloatMatrix& features,
                                 const std::vector<uint64_t>& candidates, uint64_t count,
                                 uint64_t first) {
  std::vector<uint64_t> picks = {candidates[first]};
  while (picks.size() < count) {
    picks.push_back(*std::max_element(candidates.begin(), candidates.end(), [&](auto a, auto b) {
      return Reach(features, picks, a) < Reach(features, picks, b);
    }));
  }
  return picks;
}

// The smallest radius of any `count` of the candidates.
double BestRadius(const FloatMatrix& features, const std::vector<uint64_t>& candidates,
                  size_t count) {
  double best = std::numeric_limits<double>::infinity();
  std::vector<bool> chosen(candidates.size());
  std::fill(chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(count), true);
  do {
    std::vector<uint64_t> picks;
    for (size_t i = 0; i < candidates.size(); ++i) {
      if (chosen[i]) picks.push_back(candidates[i]);
    }
    best = std::min(best, Radius(features, picks, candidates));
  } while (std::prev_permutation(chosen.begin(), chosen.end()));
  return best;
}

TEST(KCenterTest, PicksAsTheDefinitionDoesWithinTwiceTheOptimum) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const FloatMatrix features = RandomFeatures(24, 3, seed);
    std::vector<uint64_t> candidates;
    for (uint64_t i = seed % 2; i < 24; i += 2) candidates.push_back(i);
    const uint64_t first = seed % candidates.size();
    for (const uint64_t count : {uint64_t{1}, uint64_t{4}}) {
      const auto picks = GreedyKCenters(features, candidates, count, first);
      EXPECT_EQ(picks, PickSlowly(features, candidates, count, first)) << seed;
      EXPECT_LE(Radius(features, picks, candidates),
                2 * BestRadius(features, candidates, count) + 1e-6);
    }
  }
}

TEST(KCenterTest, TakesTheEndsOfALineThenItsMiddle) {
  FloatMatrix features(5, 1);
  features.values = {0, 1, 2, 3, 4};
  const std::vector<uint64_t> all = {0, 1, 2, 3, 4};
  EXPECT_THAT(GreedyKCenters(features, all, 3, 0), ElementsAre(0, 4, 2));
}

TEST(KCenterTest, CopiesArePickedOnce) {
  const FloatMatrix features(4, 2);
  const std::vector<uint64_t> all = {0, 1, 2, 3};
  const auto picks = GreedyKCenters(features, all, 4, 2);
  EXPECT_EQ(picks[0], 2u);
  EXPECT_EQ(std::set<uint64_t>(picks.begin(), picks.end()).size(), 4u);
}

}  // namespace
}  // namespace provnet
