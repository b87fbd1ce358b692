#include "server/attribution/top_k.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

namespace provnet {
namespace {

std::vector<uint64_t> Columns(const std::vector<ScoredColumn>& best) {
  std::vector<uint64_t> columns;
  for (const ScoredColumn& column : best) columns.push_back(column.column);
  return columns;
}

TEST(TopKTest, CoversTheTableOfSmallCases) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInf = std::numeric_limits<float>::infinity();
  const struct {
    const char* name;
    std::vector<float> values;
    size_t k;
    std::vector<uint64_t> expected;
  } rows[] = {
      {"none of nothing", {}, 3, {}},
      {"k of zero", {1, 2}, 0, {}},
      {"k above the size", {1, 3, 2}, 9, {1, 2, 0}},
      {"ties by column", {2, 2, 2, 2}, 2, {0, 1}},
      {"late tie does not displace", {5, 1, 5, 5}, 2, {0, 2}},
      {"negative values", {-3, -1, -2}, 2, {1, 2}},
      {"infinities are ordered", {-kInf, kInf, 0}, 3, {1, 2, 0}},
      {"NaN is last", {kNan, 1, kNan, 2}, 3, {3, 1, 0}},
      {"NaN is displaced by -inf", {kNan, -kInf}, 1, {1}},
  };
  for (const auto& row : rows)
    EXPECT_EQ(Columns(TopK(row.values, row.k)), row.expected) << row.name;
}

TEST(TopKTest, EqualsAStableSortOnRandomValuesWithManyTies) {
  std::mt19937_64 random(7);
  for (int repeat = 0; repeat < 200; ++repeat) {
    std::vector<float> values(1 + random() % 300);
    for (float& value : values) value = static_cast<float>(random() % 20);
    std::vector<uint64_t> order(values.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](uint64_t a, uint64_t b) { return values[a] > values[b]; });
    const size_t k = 1 + random() % 12;
    order.resize(std::min(k, order.size()));
    ASSERT_EQ(Columns(TopK(values, k)), order) << "repeat " << repeat;
  }
}

TEST(LargestColumnsTest, BlocksComeToTheSameAsAllAtOnce) {
  std::mt19937_64 random(8);
  for (int repeat = 0; repeat < 200; ++repeat) {
    std::vector<float> values(1 + random() % 300);
    for (float& value : values) {
      const uint64_t drawn = random() % 20;
      value = drawn == 0 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(drawn);
    }
    const size_t k = random() % 12;
    LargestColumns in_blocks(k), one_by_one(k);
    for (size_t first = 0; first < values.size();) {
      const size_t size = std::min(random() % 50, values.size() - first);
      in_blocks.Add(first, {values.data() + first, size});
      first += size;
    }
    // In any order.
    for (size_t i = values.size(); i > 0; --i) one_by_one.Add({i - 1, values[i - 1]});
    ASSERT_EQ(Columns(in_blocks.Take()), Columns(TopK(values, k))) << "repeat " << repeat;
    ASSERT_EQ(Columns(one_by_one.Take()), Columns(TopK(values, k))) << "repeat " << repeat;
  }
}

}  // namespace
}  // namespace provnet
