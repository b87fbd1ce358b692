#include "trainer/audit/grouped_folds.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace provnet {
namespace {

std::vector<uint32_t> Labels(size_t count, uint32_t classes) {
  std::vector<uint32_t> labels;
  for (size_t i = 0; i < count; ++i) labels.push_back(static_cast<uint32_t>(i % classes));
  return labels;
}

TEST(GroupedFoldsTest, SpreadsEveryClassEvenly) {
  const std::vector<uint32_t> labels = Labels(103, 4);
  const auto fold_of = GroupedFolds(labels, {}, 5, 1);
  for (uint32_t label = 0; label < 4; ++label) {
    std::vector<int> sizes(5);
    for (size_t i = 0; i < labels.size(); ++i) {
      if (labels[i] == label) ++sizes.at(fold_of[i]);
    }
    const auto [smallest, largest] = std::minmax_element(sizes.begin(), sizes.end());
    EXPECT_LE(*largest - *smallest, 1);
  }
}

TEST(GroupedFoldsTest, KeepsGroupsTogether) {
  const std::vector<std::vector<uint64_t>> groups = {{0, 1, 2, 50}, {10, 20}, {7, 8, 9}};
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const auto fold_of = GroupedFolds(Labels(60, 3), groups, 5, seed);
    for (const auto& group : groups) {
      for (const uint64_t sample : group) EXPECT_EQ(fold_of[sample], fold_of[group.front()]);
    }
  }
}

TEST(GroupedFoldsTest, DependsOnTheSeedAlone) {
  const std::vector<uint32_t> labels = Labels(100, 2);
  EXPECT_EQ(GroupedFolds(labels, {}, 5, 1), GroupedFolds(labels, {}, 5, 1));
  EXPECT_NE(GroupedFolds(labels, {}, 5, 1), GroupedFolds(labels, {}, 5, 2));
}

}  // namespace
}  // namespace provnet
