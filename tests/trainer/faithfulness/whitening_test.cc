#include "trainer/faithfulness/whitening.h"

#include <gmock/gmock.h>
#include <torch/torch.h>

#include <cmath>
#include <numeric>

#include "trainer/data/random.h"
#include "trainer/faithfulness/datamodel_score.h"
#include "trainer/faithfulness/half_subsets.h"
#include "trainer/faithfulness/score_terms.h"

namespace provnet {
namespace {

at::Tensor Normal(int64_t rows, int64_t columns, uint64_t seed) {
  const at::Generator generator = at::detail::createCPUGenerator(seed);
  return at::randn({rows, columns}, generator);
}

TEST(Whiten, MultipliesByTheInverseOfTheRegularisedMoments) {
  const at::Tensor rows = Normal(30, 6, 1);
  const at::Tensor moments = rows.t().matmul(rows).to(at::kDouble);
  const double ridge = 0.25 * moments.trace().item<double>() / 6;
  const at::Tensor inverse = (moments + ridge * at::eye(6, at::kDouble)).inverse();
  const at::Tensor slow = rows.to(at::kDouble).matmul(inverse);
  EXPECT_TRUE(at::allclose(Whiten(rows, 0.25).to(at::kDouble), slow, 1e-4, 1e-6));
}

TEST(Whiten, LeavesZerosAsTheyAre) {
  EXPECT_TRUE(Whiten(at::zeros({3, 4})).equal(at::zeros({3, 4})));
}

// A world where the truth is known: ridge regression on 8 features, fitted exactly to any subset.
// A query's "margin" is the prediction.
class RidgeWorld {
 public:
  static constexpr int64_t kSamples = 60, kQueries = 10, kDim = 8;
  static constexpr double kRidge = 4;

  RidgeWorld() : features_(Normal(kSamples, kDim, 1)), queries_(Normal(kQueries, kDim, 2)) {
    targets_ = features_.matmul(Normal(kDim, 1, 3)) + Normal(kSamples, 1, 4);
  }

  at::Tensor Fit(const std::vector<uint64_t>& subset) const {
    const at::Tensor rows =
        at::tensor(std::vector<int64_t>(subset.begin(), subset.end()), at::kLong);
    const at::Tensor x = features_.index_select(0, rows), y = targets_.index_select(0, rows);
    return (x.t().matmul(x) + kRidge * at::eye(kDim)).inverse().matmul(x.t()).matmul(y);
  }

  Retrains RetrainOn(uint32_t subsets, uint64_t seed) const {
    Retrains retrains{RandomHalves(kSamples, subsets, seed), {FloatMatrix(subsets, kQueries)}};
    for (uint32_t s = 0; s < subsets; ++s) {
      const FloatMatrix predicted = ToFloatMatrix(queries_.matmul(Fit(retrains.subsets[s])).t());
      std::copy(predicted.values.begin(), predicted.values.end(),
                retrains.margins[0].row(s).begin());
    }
    return retrains;
  }

  // The influence of each sample on each query's prediction: x_q (X'X + r)^-1 x_i times the
  // residual of i under the fit to all.
  FloatMatrix Influence() const {
    std::vector<uint64_t> all(kSamples);
    std::iota(all.begin(), all.end(), uint64_t{0});
    const at::Tensor residuals = targets_ - features_.matmul(Fit(all));
    const double mean_eigenvalue = features_.pow(2).sum().item<double>() / kDim;
    const at::Tensor samples = Whiten(features_, kRidge / mean_eigenvalue) * residuals;
    return ToFloatMatrix(SumOfTerms({{{queries_, samples}}}));
  }

  // The best linear datamodel of other retrained models: regression of predictions on membership.
  FloatMatrix Oracle(const Retrains& seen) const {
    const auto count = static_cast<int64_t>(seen.subsets.size());
    at::Tensor membership = at::zeros({count, kSamples});
    for (int64_t s = 0; s < count; ++s) {
      for (uint64_t i : seen.subsets[s]) membership[s][static_cast<int64_t>(i)] = 1;
    }
    at::Tensor margins = at::tensor(seen.margins[0].values).view({count, kQueries});
    membership = membership - 0.5;
    margins = margins - margins.mean(0, true);
    const at::Tensor moments = membership.t().matmul(membership) + at::eye(kSamples);
    return ToFloatMatrix(moments.inverse().matmul(membership.t()).matmul(margins).t());
  }

 private:
  at::Tensor features_, queries_, targets_;
};

TEST(LinearDatamodelingScore, RanksOracleAndInfluenceFarAboveChanceInARidgeWorld) {
  const RidgeWorld world;
  const Retrains unseen = world.RetrainOn(100, 8);
  const auto score = [&](const FloatMatrix& scores) {
    return LinearDatamodelingScore(scores, unseen, 100, 1);
  };
  const Interval oracle = score(world.Oracle(world.RetrainOn(400, 7)));
  const Interval influence = score(world.Influence());
  const Interval random =
      score(ToFloatMatrix(Normal(RidgeWorld::kQueries, RidgeWorld::kSamples, 9)));
  EXPECT_GT(oracle.value, 0.85);
  EXPECT_GT(influence.value, 0.8);
  EXPECT_LT(std::abs(random.value), 0.2);
  EXPECT_GT(influence.low, random.high);
}

}  // namespace
}  // namespace provnet
