#include "server/attribution/cell_search.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace provnet {
namespace {

constexpr float kScale = 8;

at::Tensor Unit(const at::Tensor& rows) { return rows / rows.norm(2, 1, true); }

// Samples at the nearest of some of their own vectors.
Cells MakeCells(const at::Tensor& rows, int64_t cells) {
  const at::Tensor centroids = rows.narrow(0, 0, cells).clone();
  const at::Tensor nearest = at::mm(rows, centroids.t()).argmax(1);
  return {centroids, {nearest.data_ptr<int64_t>(), nearest.data_ptr<int64_t>() + rows.size(0)}};
}

class CellSearchTest : public ::testing::TestWithParam<Precision> {
 protected:
  void SetUp() override {
    if (GetParam() == Precision::kBFloat16 && !RowMatrix::HasBFloat16(c10::kCPU))
      GTEST_SKIP() << "this processor has no AVX512-BF16";
    torch::manual_seed(1);
    rows_ = Unit(at::randn({5000, 24}));
    queries_ = Unit(at::randn({20, 24}));
    exact_ = at::mm(queries_, rows_.t()).mul_(kScale);
  }
  CellSearch Search(uint32_t probes) const {
    return {rows_, MakeCells(rows_, 50), probes, GetParam(), kScale};
  }
  // The exact best of a query.
  std::vector<ScoredColumn> Best(int64_t q, size_t k) const {
    return TopK({exact_.data_ptr<float>() + q * 5000, 5000}, k);
  }

  at::Tensor rows_, queries_, exact_;
};

TEST_P(CellSearchTest, ReadingAllCellsIsTheExactSearch) {
  const auto found = Search(50).Search(queries_, std::vector<uint32_t>(20, 7));
  for (int64_t q = 0; q < 20; ++q) {
    const FoundSamples& row = found[static_cast<size_t>(q)];
    const std::vector<ScoredColumn> best = Best(q, 7);
    ASSERT_EQ(row.best.size(), 7U);
    for (size_t j = 0; j < 7; ++j) {
      EXPECT_EQ(row.best[j].column, best[j].column) << "query " << q << " rank " << j + 1;
      EXPECT_NEAR(row.best[j].value, best[j].value, 1e-3);
    }
    EXPECT_NEAR(row.log_sum_exp, at::logsumexp(exact_[q], 0).item<float>(), 1e-2);
  }
}

TEST_P(CellSearchTest, FewCellsGiveTheBestOfTheirSamplesAndAFairEstimateOfTheRest) {
  const auto found = Search(10).Search(queries_, std::vector<uint32_t>(20, 10));
  int hits = 0;
  double bias = 0;
  for (int64_t q = 0; q < 20; ++q) {
    const FoundSamples& row = found[static_cast<size_t>(q)];
    std::set<uint64_t> best;
    for (const ScoredColumn& column : Best(q, 10)) best.insert(column.column);
    for (const ScoredColumn& column : row.best) {
      hits += best.count(column.column) > 0 ? 1 : 0;
      EXPECT_NEAR(column.value, exact_[q][static_cast<int64_t>(column.column)].item<float>(), 1e-3);
    }
    EXPECT_TRUE(std::is_sorted(row.best.begin(), row.best.end(), RanksBefore));
    const double error = row.log_sum_exp - at::logsumexp(exact_[q], 0).item<float>();
    EXPECT_LT(std::abs(error), 0.25) << "query " << q;
    bias += error / 20;
  }
  EXPECT_GT(hits, 100) << "a fifth of the cells hold most of the nearest";
  EXPECT_LT(hits, 200) << "uniform vectors: some of them are elsewhere";
  EXPECT_LT(std::abs(bias), 0.05);
}

TEST_P(CellSearchTest, AsksForMoreThanACellHoldsReadOn) {
  const auto found = Search(1).Search(queries_, std::vector<uint32_t>(20, 5000));
  for (const FoundSamples& row : found) {
    std::set<uint64_t> samples;
    for (const ScoredColumn& column : row.best) samples.insert(column.column);
    EXPECT_EQ(samples.size(), 5000U);
  }
}

TEST_P(CellSearchTest, AQueryGetsTheSameAloneAndInABatch) {
  const CellSearch search = Search(5);
  const auto together = search.Search(queries_, std::vector<uint32_t>(20, 10));
  for (int64_t q = 0; q < 20; ++q) {
    const auto alone = search.Search(queries_.narrow(0, q, 1), std::vector<uint32_t>(1, 10))[0];
    const FoundSamples& row = together[static_cast<size_t>(q)];
    ASSERT_EQ(alone.best.size(), row.best.size());
    for (size_t j = 0; j < row.best.size(); ++j) {
      EXPECT_EQ(alone.best[j].column, row.best[j].column);
    }
    EXPECT_NEAR(alone.log_sum_exp, row.log_sum_exp, 1e-3);
  }
}

TEST_P(CellSearchTest, AllLogitsAreInSampleOrder) {
  EXPECT_TRUE(at::allclose(Search(3).AllLogits(queries_), exact_, 2e-2, 5e-2));
}

TEST_P(CellSearchTest, EmptyCellsAreReadOver) {
  Cells cells = MakeCells(rows_, 50);
  // Nobody's nearest, though the first that every query looks at.
  cells.centroids = at::cat({cells.centroids, queries_});
  const CellSearch search(rows_, cells, 1, GetParam(), kScale);
  for (const FoundSamples& row : search.Search(queries_, std::vector<uint32_t>(20, 10))) {
    EXPECT_EQ(row.best.size(), 10U);
  }
}

TEST_P(CellSearchTest, RefusesCellsThatDoNotFit) {
  Cells cells = MakeCells(rows_, 50);
  cells.cell_of[17] = 50;
  EXPECT_THROW(CellSearch(rows_, cells, 1, GetParam(), kScale), c10::Error);
  cells.cell_of.pop_back();
  EXPECT_THROW(CellSearch(rows_, cells, 1, GetParam(), kScale), c10::Error);
  EXPECT_THROW(
      CellSearch(rows_, {at::ones({50, 23}), MakeCells(rows_, 50).cell_of}, 1, GetParam(), kScale),
      c10::Error);
}

INSTANTIATE_TEST_SUITE_P(Precisions, CellSearchTest,
                         ::testing::Values(Precision::kFloat32, Precision::kBFloat16),
                         [](const auto& precision) {
                           return precision.param == Precision::kFloat32 ? "fp32" : "bf16";
                         });

}  // namespace
}  // namespace provnet
