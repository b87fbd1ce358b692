#include "server/attribution/column_ranking.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <limits>

namespace provnet {
namespace {

constexpr int64_t kColumns = 300;
// Rows with all columns, with some, with fewer than are asked for, with none.
const std::vector<uint64_t> kCandidates = {kColumns, 170, 3, 0};
const std::vector<uint32_t> kTopK = {10, 1, 5, 5};

at::Tensor SomeLogits() {
  torch::manual_seed(6);
  return at::randn({4, kColumns}) * 5;
}

// `add` is handed blocks of `width` columns and whatever is left.
template <typename Add>
void InBlocks(const at::Tensor& logits, int64_t width, Add add) {
  for (int64_t first = 0; first < kColumns; first += width) {
    const int64_t count = std::min(width, kColumns - first);
    add(first, logits.narrow(1, first, count).clone());
  }
}

void ExpectRanked(const RankedColumns& ranked, const at::Tensor& logits) {
  ASSERT_EQ(ranked.best.size(), kCandidates.size());
  for (size_t b = 0; b < kCandidates.size(); ++b) {
    const at::Tensor row =
        logits[static_cast<int64_t>(b)].narrow(0, 0, static_cast<int64_t>(kCandidates[b]));
    ASSERT_EQ(ranked.best[b].size(), std::min<uint64_t>(kTopK[b], kCandidates[b])) << b;
    const at::Tensor order = row.argsort(0, /*descending=*/true);
    for (size_t j = 0; j < ranked.best[b].size(); ++j) {
      const auto column = order[static_cast<int64_t>(j)].item<int64_t>();
      EXPECT_EQ(ranked.best[b][j].column, static_cast<uint64_t>(column)) << b << " rank " << j;
      EXPECT_EQ(ranked.best[b][j].value, row[column].item<float>());
    }
    if (kCandidates[b] == 0) {
      EXPECT_EQ(ranked.log_sum_exp[b], -std::numeric_limits<float>::infinity());
    } else {
      EXPECT_NEAR(ranked.log_sum_exp[b], row.to(at::kDouble).logsumexp(0).item<double>(), 1e-5);
    }
  }
}

TEST(ColumnRankingTest, BlocksOfAnyWidthComeToTheSame) {
  const at::Tensor logits = SomeLogits();
  for (const int64_t width : {int64_t{1}, int64_t{7}, int64_t{171}, kColumns}) {
    ColumnRanking ranking(kCandidates, kTopK);
    InBlocks(logits, width,
             [&](int64_t first, const at::Tensor& block) { ranking.Add(first, block); });
    ExpectRanked(ranking.Finish(), logits);
  }
}

TEST(ColumnRankingTest, WhatGpusRankComesToTheSame) {
  const at::Tensor logits = SomeLogits();
  for (const int64_t width : {int64_t{7}, kColumns}) {
    ColumnRanking ranking(kCandidates, kTopK);
    InBlocks(logits, width,
             [&](int64_t first, const at::Tensor& block) { ranking.AddOnDevice(first, block); });
    ExpectRanked(ranking.Finish(), logits);
  }
}

TEST(ColumnRankingTest, WhatStandsForNothingIsNeverNamed) {
  // As small as the only candidate.
  const at::Tensor logits = at::full({1, 5}, -std::numeric_limits<float>::infinity());
  for (const bool on_device : {false, true}) {
    ColumnRanking ranking(std::vector<uint64_t>{1}, std::vector<uint32_t>{3});
    if (on_device) {
      ranking.AddOnDevice(0, logits);
    } else {
      ranking.Add(0, logits);
    }
    const RankedColumns ranked = ranking.Finish();
    ASSERT_LE(ranked.best[0].size(), 1U);
    for (const ScoredColumn& column : ranked.best[0]) EXPECT_EQ(column.column, 0U);
  }
}

TEST(ColumnRankingTest, RefusesAnotherNumberOfRows) {
  ColumnRanking ranking(std::vector<uint64_t>{4}, std::vector<uint32_t>{1});
  EXPECT_THROW(ranking.Add(0, at::zeros({2, 4})), c10::Error);
  EXPECT_THROW(ranking.AddOnDevice(0, at::zeros({2, 4})), c10::Error);
}

TEST(ColumnRankingTest, ARowThatIsNotFiniteSpoilsItsOwnScoresOnly) {
  at::Tensor logits = at::zeros({3, 4});
  logits[1][3] = std::numeric_limits<float>::quiet_NaN();
  logits[2][0] = std::numeric_limits<float>::infinity();
  ColumnRanking ranking(std::vector<uint64_t>{4, 4, 4}, std::vector<uint32_t>{1, 1, 1});
  ranking.Add(0, logits.narrow(1, 0, 2).clone());
  ranking.Add(2, logits.narrow(1, 2, 2).clone());
  const RankedColumns ranked = ranking.Finish();
  EXPECT_NEAR(ranked.log_sum_exp[0], std::log(4.0), 1e-6);
  EXPECT_TRUE(std::isnan(ranked.log_sum_exp[1]));
  EXPECT_TRUE(std::isinf(ranked.log_sum_exp[2]));
  EXPECT_EQ(ranked.best[2][0].column, 0U);
}

}  // namespace
}  // namespace provnet
