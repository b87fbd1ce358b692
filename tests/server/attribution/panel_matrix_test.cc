#include "server/attribution/panel_matrix.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <limits>
#include <tuple>
#include <vector>

#include "server/attribution/row_matrix.h"

namespace provnet {
namespace {

// Queries, rows, values a row. Around blocks of 8 queries, panels of 48 rows, and 8, 4 and 2 steps
// side by side, in words of one value and of two.
const std::tuple<int64_t, int64_t, int64_t> kSizes[] = {
    {1, 1, 1},   {1, 47, 15},  {1, 48, 16},  {1, 49, 17},   {2, 96, 33},   {2, 5, 8},
    {3, 97, 31}, {4, 100, 34}, {5, 48, 100}, {6, 15, 7},    {7, 16, 77},   {8, 17, 64},
    {9, 33, 65}, {16, 150, 3}, {17, 31, 40}, {64, 200, 12}, {65, 49, 257},
};

struct Kind {
  const char* name;
  Precision precision;
  bool by_tiles;
};

class PanelMatrixTest : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    torch::manual_seed(1);
    if (!PanelMatrix::CanMultiply(GetParam().precision))
      GTEST_SKIP() << "this processor has no AVX-512";
    if (GetParam().by_tiles && !CpuHasTileKernels()) GTEST_SKIP() << "this processor has no AMX";
  }

  static PanelMatrix Pack(const at::Tensor& rows) {
    return PanelMatrix(rows, GetParam().precision, GetParam().by_tiles);
  }

  // Of the rounded factors, in double precision. Not in int8.
  static at::Tensor Expected(const at::Tensor& queries, const at::Tensor& rows) {
    const auto rounded = [](const at::Tensor& values) {
      return (GetParam().precision == Precision::kFloat32 ? values : values.to(at::kBFloat16))
          .to(at::kDouble);
    };
    return at::mm(rounded(queries), rounded(rows).t());
  }
};

TEST_P(PanelMatrixTest, EqualsTheProductInDoublePrecisionToRounding) {
  for (const auto& [b, m, r] : kSizes) {
    const at::Tensor rows = at::randn({m, r}), queries = at::randn({b, r});
    const at::Tensor got = Pack(rows).InnerProducts(queries, 0, m);
    ASSERT_EQ(got.sizes(), (at::IntArrayRef{b, m}));
    EXPECT_TRUE(at::allclose(got.to(at::kDouble), Expected(queries, rows), 1e-4, 1e-4))
        << b << " x " << m << " x " << r;
  }
}

TEST_P(PanelMatrixTest, MultipliesARangeOfRows) {
  const at::Tensor rows = at::randn({150, 33}), queries = at::randn({11, 33});
  const PanelMatrix matrix = Pack(rows);
  const at::Tensor all = matrix.InnerProducts(queries, 0, 150);
  for (const auto& [first, count] : {std::pair{48, 48}, {48, 60}, {96, 54}, {144, 6}, {48, 1}}) {
    EXPECT_TRUE(at::equal(matrix.InnerProducts(queries, first, count), all.narrow(1, first, count)))
        << count << " rows from " << first;
  }
}

TEST_P(PanelMatrixTest, RefusesWhatItDoesNotHave) {
  const PanelMatrix matrix = Pack(at::randn({100, 5}));
  const at::Tensor query = at::randn({1, 5});
  EXPECT_THROW(matrix.InnerProducts(at::randn({1, 4}), 0, 100), c10::Error);
  EXPECT_THROW(matrix.InnerProducts(query, 0, 101), c10::Error);
  EXPECT_THROW(matrix.InnerProducts(query, 47, 1), c10::Error);
}

TEST_P(PanelMatrixTest, TakesQueriesAndRowsWithGapsBetweenThem) {
  const at::Tensor rows = at::randn({9, 50}).t(), queries = at::randn({9, 4}).t();
  EXPECT_TRUE(at::allclose(Pack(rows).InnerProducts(queries, 0, 50).to(at::kDouble),
                           Expected(queries, rows), 1e-4, 1e-4));
}

// Whether by tiles.
class Int8PanelMatrixTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    torch::manual_seed(4);
    if (!PanelMatrix::CanMultiply(Precision::kInt8)) GTEST_SKIP() << "no AVX512-VNNI";
    if (GetParam() && !CpuHasTileKernels()) GTEST_SKIP() << "this processor has no AMX";
  }

  static PanelMatrix Pack(const at::Tensor& rows) {
    return PanelMatrix(rows, Precision::kInt8, GetParam());
  }
};

TEST_P(Int8PanelMatrixTest, ErrsByWhatRoundingTakesAndNoMore) {
  for (const auto& [b, m, r] : kSizes) {
    const at::Tensor rows = at::randn({m, r}), queries = at::randn({b, r});
    const at::Tensor got = Pack(rows).InnerProducts(queries, 0, m);
    // Half a step of each factor, times the other.
    const at::Tensor row_steps = std::get<0>(rows.abs().max(1)) / 127;
    const at::Tensor query_steps =
        (std::get<0>(queries.max(1)).clamp_min(0) - std::get<0>(queries.min(1)).clamp_max(0)) / 255;
    const at::Tensor bound =
        0.5 *
            (queries.abs().sum(1, true) * row_steps + query_steps.unsqueeze(1) * rows.abs().sum(1) +
             0.5 * static_cast<double>(r) * query_steps.unsqueeze(1) * row_steps) +
        1e-4;
    const at::Tensor error = (got - at::mm(queries, rows.t())).abs();
    EXPECT_TRUE((error <= bound).all().item<bool>())
        << b << " x " << m << " x " << r << " " << (error / bound).max();
  }
}

// What is a whole number of steps is not rounded.
TEST_P(Int8PanelMatrixTest, EqualsTheProductOfBytes) {
  at::Tensor rows = at::randint(-127, 128, {99, 37}).to(at::kFloat);
  at::Tensor queries = at::randint(-128, 128, {11, 37}).to(at::kFloat);
  rows.select(1, 0).fill_(127);
  queries.select(1, 0).fill_(-128);
  queries.select(1, 1).fill_(127);
  const at::Tensor got = Pack(rows).InnerProducts(queries, 0, 99);
  EXPECT_TRUE(at::allclose(got, at::mm(queries, rows.t()), 1e-5, 0.5));
}

TEST_P(Int8PanelMatrixTest, MultipliesARangeOfRows) {
  const at::Tensor rows = at::randn({150, 33}), queries = at::randn({11, 33});
  const PanelMatrix matrix = Pack(rows);
  const at::Tensor all = matrix.InnerProducts(queries, 0, 150);
  EXPECT_TRUE(at::equal(matrix.InnerProducts(queries, 96, 54), all.narrow(1, 96, 54)));
}

TEST_P(Int8PanelMatrixTest, WhatIsNotFiniteSpoilsItsOwnProductsOnly) {
  at::Tensor rows = at::randn({50, 9}), queries = at::randn({3, 9});
  rows[7][2] = std::numeric_limits<float>::quiet_NaN();
  queries[1][8] = std::numeric_limits<float>::infinity();
  const at::Tensor got = Pack(rows).InnerProducts(queries, 0, 50);
  at::Tensor expected = at::zeros({3, 50}, at::kBool);
  expected.select(1, 7).fill_(true);
  expected.select(0, 1).fill_(true);
  EXPECT_TRUE(at::equal(got.isnan(), expected));
}

TEST_P(Int8PanelMatrixTest, ZerosAreZero) {
  const PanelMatrix matrix = Pack(at::zeros({3, 5}));
  EXPECT_TRUE(at::equal(matrix.InnerProducts(at::randn({2, 5}), 0, 3), at::zeros({2, 3})));
  EXPECT_TRUE(
      at::equal(Pack(at::randn({3, 5})).InnerProducts(at::zeros({2, 5}), 0, 3), at::zeros({2, 3})));
}

INSTANTIATE_TEST_SUITE_P(Kinds, PanelMatrixTest,
                         testing::Values(Kind{"Float32", Precision::kFloat32, false},
                                         Kind{"BFloat16", Precision::kBFloat16, false},
                                         Kind{"BFloat16ByTiles", Precision::kBFloat16, true}),
                         [](const auto& kind) { return kind.param.name; });

INSTANTIATE_TEST_SUITE_P(Kinds, Int8PanelMatrixTest, testing::Bool(), [](const auto& by_tiles) {
  return by_tiles.param ? "ByTiles" : "ByVectors";
});

TEST(ProductMatrixTest, VisitsItsProductsInBlocks) {
  torch::manual_seed(5);
  // So many queries that a block has no more than one step of rows.
  constexpr int64_t kQueries = 12000, kRows = 100;
  const at::Tensor rows = at::randn({kRows, 3}), queries = at::randn({kQueries, 3});
  const auto matrix = PackRows(rows, Precision::kFloat32, c10::Device(c10::kCPU));
  std::vector<int64_t> firsts;
  at::Tensor seen = at::zeros({kQueries, kRows});
  matrix->VisitInnerProducts(queries, kRows, [&](int64_t first, const at::Tensor& products) {
    firsts.push_back(first);
    seen.narrow(1, first, products.size(1)).add_(products);
  });
  EXPECT_EQ(firsts, (std::vector<int64_t>{0, 48, 96}));
  EXPECT_TRUE(at::equal(seen, matrix->InnerProducts(queries, 0, kRows)));

  firsts.clear();
  matrix->VisitInnerProducts(queries.narrow(0, 0, 2), kRows,
                             [&](int64_t first, const at::Tensor&) { firsts.push_back(first); });
  EXPECT_EQ(firsts, std::vector<int64_t>{0});
}

TEST(PanelMatrixExactTest, MultipliesTheRowsThatASearchFoundWithoutRounding) {
  if (!PanelMatrix::CanMultiply(Precision::kBFloat16)) GTEST_SKIP() << "no AVX512-BF16";
  torch::manual_seed(2);
  const at::Tensor rows = at::randn({101, 77}), query = at::randn({77});
  const PanelMatrix matrix(rows, Precision::kBFloat16);
  ASSERT_TRUE(matrix.has_exact());
  const at::Tensor some = at::tensor({100, 0, 50, 50}, at::kLong);
  const at::Tensor expected =
      at::mv(rows.index_select(0, some).to(at::kDouble), query.to(at::kDouble));
  EXPECT_TRUE(
      at::allclose(matrix.ExactInnerProducts(query, some).to(at::kDouble), expected, 1e-5, 1e-5));
  EXPECT_THROW(matrix.ExactInnerProducts(query, at::tensor({101}, at::kLong)), c10::Error);
  EXPECT_FALSE(PanelMatrix(rows, Precision::kFloat32).has_exact());
}

TEST(PackRowsTest, MultipliesWhateverTheProcessorHas) {
  torch::manual_seed(3);
  const c10::Device cpu(c10::kCPU);
  const at::Tensor rows = at::randn({70, 20}), queries = at::randn({3, 20});
  const at::Tensor expected = at::mm(queries, rows.t());
  EXPECT_TRUE(at::allclose(PackRows(rows, Precision::kFloat32, cpu)->InnerProducts(queries, 0, 70),
                           expected, 1e-4, 1e-4));
  if (!RowMatrix::HasBFloat16(cpu)) return;
  const auto rounded = PackRows(rows, Precision::kBFloat16, cpu);
  EXPECT_TRUE(at::allclose(rounded->InnerProducts(queries, 0, 70), expected, 0.1, 0.1));
  EXPECT_TRUE(rounded->has_exact());
}

}  // namespace
}  // namespace provnet
