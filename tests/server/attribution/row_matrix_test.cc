#include "server/attribution/row_matrix.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

namespace provnet {
namespace {

const c10::Device kCpu(c10::kCPU);

// Sizes around the kernels' blocks: registers of 16 and 32, tiles of 1 x 8 and 2 x 8, tasks of 64
// rows; and queries around the number from which on fp32 goes to BLAS.
const std::tuple<int64_t, int64_t, int64_t> kSizes[] = {
    {1, 1, 1},      {1, 3, 31},     {2, 4, 32}, {3, 5, 33},  {4, 63, 64},  {5, 65, 100},
    {7, 130, 2059}, {64, 200, 128}, {2, 6, 16}, {16, 8, 17}, {17, 72, 48},
};

TEST(RowMatrixTest, Float32EqualsDoublePrecisionToRounding) {
  torch::manual_seed(1);
  for (const auto& [b, m, r] : kSizes) {
    const at::Tensor rows = at::randn({m, r}), queries = at::randn({b, r});
    const RowMatrix matrix(rows, Precision::kFloat32, kCpu);
    const at::Tensor expected = at::mm(queries.to(at::kDouble), rows.to(at::kDouble).t());
    EXPECT_TRUE(at::allclose(matrix.InnerProducts(queries).to(at::kDouble), expected, 1e-4, 1e-4))
        << b << " x " << m << " x " << r;
  }
}

TEST(RowMatrixTest, BFloat16EqualsTheProductOfRoundedFactors) {
  if (!RowMatrix::HasBFloat16(kCpu)) GTEST_SKIP() << "this processor has no AVX512-BF16";
  torch::manual_seed(2);
  for (const auto& [b, m, r] : kSizes) {
    const at::Tensor rows = at::randn({m, r}), queries = at::randn({b, r});
    const RowMatrix matrix(rows, Precision::kBFloat16, kCpu);
    const at::Tensor expected = at::mm(queries.to(at::kBFloat16).to(at::kDouble),
                                       rows.to(at::kBFloat16).to(at::kDouble).t());
    EXPECT_TRUE(at::allclose(matrix.InnerProducts(queries).to(at::kDouble), expected, 1e-4, 1e-3))
        << b << " x " << m << " x " << r;
  }
}

TEST(RowMatrixTest, OneQueryGetsTheSameProductsAloneAndInABatch) {
  if (!RowMatrix::HasBFloat16(kCpu)) GTEST_SKIP() << "this processor has no AVX512-BF16";
  torch::manual_seed(3);
  const RowMatrix matrix(at::randn({101, 77}), Precision::kBFloat16, kCpu);
  const at::Tensor queries = at::randn({13, 77});
  const at::Tensor together = matrix.InnerProducts(queries);
  for (int64_t b = 0; b < 13; ++b) {
    EXPECT_TRUE(at::equal(matrix.InnerProducts(queries.narrow(0, b, 1))[0], together[b]))
        << "query " << b;
  }
}

TEST(RowMatrixTest, BFloat16KeepsWhatRoundingTookForTheFewRowsThatAreFound) {
  if (!RowMatrix::HasBFloat16(kCpu)) GTEST_SKIP() << "this processor has no AVX512-BF16";
  torch::manual_seed(6);
  const at::Tensor rows = at::randn({101, 77}), query = at::randn({77});
  const RowMatrix matrix(rows, Precision::kBFloat16, kCpu);
  ASSERT_TRUE(matrix.has_exact());
  const at::Tensor some = at::tensor({100, 0, 50, 50}, at::kLong);
  const at::Tensor got = matrix.ExactInnerProducts(query, some).to(at::kDouble);
  const at::Tensor factors = rows.index_select(0, some).to(at::kDouble) * query.to(at::kDouble);
  const at::Tensor error = (got - factors.sum(1)).abs();
  EXPECT_TRUE((error <= factors.abs().sum(1) * std::pow(2.0, -16)).all().item<bool>()) << error;
  EXPECT_FALSE(RowMatrix(rows, Precision::kFloat32, kCpu).has_exact());
}

TEST(RowMatrixTest, OwnsItsRows) {
  at::Tensor rows = at::ones({2, 2});
  const RowMatrix matrix(rows, Precision::kFloat32, kCpu);
  rows.zero_();
  EXPECT_FLOAT_EQ(matrix.InnerProducts(at::ones({1, 2}))[0][0].item<float>(), 2);
}

TEST(RowMatrixTest, RefusesQueriesOfAnotherLength) {
  const RowMatrix matrix(at::ones({2, 3}), Precision::kFloat32, kCpu);
  EXPECT_THROW(matrix.InnerProducts(at::ones({1, 4})), c10::Error);
}

}  // namespace
}  // namespace provnet
