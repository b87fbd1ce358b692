#include "trainer/faithfulness/score_terms.h"

#include <gmock/gmock.h>
#include <torch/torch.h>

namespace provnet {
namespace {

at::Tensor Normal(int64_t rows, int64_t columns, uint64_t seed) {
  const at::Generator generator = at::detail::createCPUGenerator(seed);
  return at::randn({rows, columns}, generator);
}

TEST(SumOfTerms, OfOneFactorIsTheInnerProduct) {
  const Factor factor{Normal(2, 3, 1), Normal(4, 3, 2)};
  const at::Tensor scores = SumOfTerms({{factor}});
  ASSERT_EQ(scores.sizes(), (at::IntArrayRef{2, 4}));
  for (int64_t q = 0; q < 2; ++q) {
    for (int64_t i = 0; i < 4; ++i) {
      EXPECT_NEAR(scores[q][i].item<float>(),
                  factor.queries[q].dot(factor.samples[i]).item<float>(), 1e-5);
    }
  }
}

TEST(SumOfTerms, MultipliesWithinTermsAndAddsTerms) {
  const Factor a{Normal(2, 3, 1), Normal(4, 3, 2)}, b{Normal(2, 5, 3), Normal(4, 5, 4)};
  const Factor c{Normal(2, 1, 5), Normal(4, 1, 6)};
  const at::Tensor slow = a.queries.matmul(a.samples.t()) * b.queries.matmul(b.samples.t()) +
                          c.queries.matmul(c.samples.t());
  EXPECT_TRUE(at::allclose(SumOfTerms({{a, b}, {c}}), slow, 1e-4, 1e-5));
}

TEST(CacheBytes, CountTheSamplesSidesAlone) {
  const Factor a{Normal(2, 3, 1), Normal(4, 3, 2)}, b{Normal(2, 5, 3), Normal(4, 5, 4)};
  EXPECT_EQ(CacheBytes({{a, b}, {a}}), (3 + 5 + 3) * 4 * sizeof(float));
}

TEST(SameLabelSign, IsPlusForOneLabelAndMinusForOthers) {
  const at::Tensor sign = SumOfTerms({{SameLabelSign({2, 0}, {0, 1, 2, 2}, 3)}});
  EXPECT_TRUE(sign.equal(at::tensor({-1.f, -1.f, 1.f, 1.f, 1.f, -1.f, -1.f, -1.f}).view({2, 4})));
}

TEST(ToFloatMatrix, KeepsRows) {
  const FloatMatrix matrix = ToFloatMatrix(at::arange(6).view({3, 2}).t());
  EXPECT_EQ(matrix.columns, 3U);
  EXPECT_THAT(matrix.values, ::testing::ElementsAre(0, 2, 4, 1, 3, 5));
}

}  // namespace
}  // namespace provnet
