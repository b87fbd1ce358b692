#include "trainer/training/index_targets.h"

#include <gmock/gmock.h>

#include <map>
#include <set>
#include <vector>

namespace provnet {
namespace {

const std::vector<uint32_t> kLabels = {1, 0, 1, 2, 1, 0};

TEST(IndexTargets, ClassConditionalHeadsCountWithinTheClass) {
  const IndexTargets targets(kLabels, 3, v1::HEAD_TYPE_CLASS_CONDITIONAL, 0);
  const int64_t kColumns[] = {0, 0, 1, 0, 2, 1}, kCandidates[] = {3, 2, 3, 1, 3, 2};
  for (uint64_t i = 0; i < kLabels.size(); ++i) {
    EXPECT_EQ(targets.Column(i, 1), kColumns[i]);
    EXPECT_EQ(targets.Candidates(i), kCandidates[i]);
  }
}

TEST(IndexTargets, OtherHeadsNumberAllSamples) {
  const IndexTargets targets(kLabels, 3, v1::HEAD_TYPE_CLASS_INDEPENDENT, 0);
  for (uint64_t i = 0; i < kLabels.size(); ++i) {
    EXPECT_EQ(targets.Column(i, 1), static_cast<int64_t>(i));
    EXPECT_EQ(targets.Candidates(i), 6);
  }
}

TEST(IndexTargets, AlphaOneAlwaysNamesAnotherSampleOfTheClass) {
  const IndexTargets targets(kLabels, 3, v1::HEAD_TYPE_SINGLE_BRANCH, 1);
  std::map<uint64_t, std::set<int64_t>> seen;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    for (uint64_t i = 0; i < kLabels.size(); ++i) seen[i].insert(targets.Column(i, seed));
  }
  EXPECT_EQ(seen[0], (std::set<int64_t>{2, 4}));
  EXPECT_EQ(seen[2], (std::set<int64_t>{0, 4}));
  EXPECT_EQ(seen[1], (std::set<int64_t>{5}));
  // Alone in its class.
  EXPECT_EQ(seen[3], (std::set<int64_t>{3}));
}

TEST(IndexTargets, AlphaIsTheShareOfMixedTargets) {
  const IndexTargets targets(kLabels, 3, v1::HEAD_TYPE_SINGLE_BRANCH, 0.25);
  int mixed = 0;
  for (uint64_t seed = 0; seed < 4000; ++seed) mixed += targets.Column(4, seed) != 4;
  // Four standard deviations.
  EXPECT_NEAR(mixed, 1000, 110);
}

TEST(IndexTargets, SeedAndSampleAloneDecide) {
  const IndexTargets a(kLabels, 3, v1::HEAD_TYPE_SINGLE_BRANCH, 0.5);
  const IndexTargets b(kLabels, 3, v1::HEAD_TYPE_SINGLE_BRANCH, 0.5);
  for (uint64_t seed = 0; seed < 20; ++seed) EXPECT_EQ(a.Column(0, seed), b.Column(0, seed));
}

}  // namespace
}  // namespace provnet
