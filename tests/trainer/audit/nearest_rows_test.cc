#include "trainer/audit/nearest_rows.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "tests/testing/status_matchers.h"
#include "trainer/data/random.h"

namespace provnet {
namespace {

FloatMatrix RandomRows(size_t count, size_t columns, uint64_t seed) {
  Rng rng(seed);
  FloatMatrix rows(count, columns);
  for (float& value : rows.values) value = static_cast<float>(rng.Normal());
  return rows;
}

// All distances, sorted.
std::vector<Neighbour> SlowNeighbours(const FloatMatrix& queries, size_t query,
                                      const FloatMatrix& candidates, size_t k, bool exclude_self) {
  std::vector<Neighbour> all;
  for (uint32_t row = 0; row < candidates.rows(); ++row) {
    if (exclude_self && row == query) continue;
    double sum = 0;
    for (size_t c = 0; c < candidates.columns; ++c) {
      sum += std::pow(double{queries.row(query)[c]} - candidates.row(row)[c], 2);
    }
    all.push_back({row, static_cast<float>(std::sqrt(sum))});
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.distance < b.distance; });
  all.resize(std::min(k, all.size()));
  return all;
}

bool Never() { return false; }

TEST(NearestRowsTest, AgreesWithTryingAll) {
  // More rows than a block of queries and of candidates.
  const FloatMatrix candidates = RandomRows(4500, 6, 1), queries = RandomRows(300, 6, 2);
  for (const int threads : {1, 2}) {
    const auto lists = FindNearestRows(queries, candidates, {.k = 7, .threads = threads}, Never);
    ASSERT_TRUE(lists.ok()) << lists.status();
    ASSERT_EQ(lists->size(), 300U);
    for (size_t i = 0; i < queries.rows(); ++i) {
      const auto expected = SlowNeighbours(queries, i, candidates, 7, false);
      for (size_t n = 0; n < 7; ++n) {
        EXPECT_EQ(lists->of(i)[n].row, expected[n].row) << i << " " << n;
        EXPECT_NEAR(lists->of(i)[n].distance, expected[n].distance, 1e-5);
      }
    }
  }
}

TEST(NearestRowsTest, ARowIsNoNeighbourOfItsOwnButItsCopyIs) {
  FloatMatrix rows = RandomRows(200, 4, 3);
  std::copy_n(rows.row(5).begin(), 4, rows.row(150).begin());
  const auto lists = FindNearestRows(rows, rows, {.k = 3, .exclude_self = true}, Never);
  ASSERT_TRUE(lists.ok()) << lists.status();
  for (size_t i = 0; i < rows.rows(); ++i) {
    for (const Neighbour& neighbour : lists->of(i)) EXPECT_NE(neighbour.row, i);
  }
  EXPECT_EQ(lists->of(5)[0].row, 150U);
  EXPECT_EQ(lists->of(5)[0].distance, 0);
}

TEST(NearestRowsTest, GivesAllWhenThereAreFewerThanAskedFor) {
  const FloatMatrix rows = RandomRows(4, 2, 4);
  EXPECT_EQ(FindNearestRows(rows, rows, {.k = 10}, Never)->k, 4U);
  EXPECT_EQ(FindNearestRows(rows, rows, {.k = 10, .exclude_self = true}, Never)->k, 3U);
}

TEST(NearestRowsTest, StopsWhenAsked) {
  const FloatMatrix rows = RandomRows(50, 2, 5);
  EXPECT_THAT(FindNearestRows(rows, rows, {}, [] { return true; }),
              StatusIs(absl::StatusCode::kCancelled, ::testing::HasSubstr("neighbours")));
}

}  // namespace
}  // namespace provnet
