#include "trainer/training/losses.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>
#include <vector>

namespace provnet {
namespace {

// The definition, written out in double precision.
double SlowCandidateLoss(const at::Tensor& logits, const std::vector<int64_t>& target,
                         const std::vector<int64_t>& candidates, double smoothing) {
  const auto z = logits.to(at::kDouble);
  double total = 0;
  for (size_t i = 0; i < target.size(); ++i) {
    double partition = 0;
    for (int64_t p = 0; p < candidates[i]; ++p) partition += std::exp(z[i][p].item<double>());
    for (int64_t p = 0; p < candidates[i]; ++p) {
      const double mass =
          smoothing / static_cast<double>(candidates[i]) + (p == target[i] ? 1 - smoothing : 0);
      total -= mass * (z[i][p].item<double>() - std::log(partition));
    }
  }
  return total / static_cast<double>(target.size());
}

TEST(CandidateLoss, MatchesTheDefinition) {
  torch::manual_seed(1);
  const at::Tensor logits = at::randn({4, 6}) * 3;
  const std::vector<int64_t> target = {0, 2, 5, 0}, candidates = {1, 3, 6, 4};
  for (double smoothing : {0.0, 0.05, 0.5}) {
    const double loss =
        CandidateLoss(logits, at::tensor(target), at::tensor(candidates), smoothing).item<double>();
    EXPECT_NEAR(loss, SlowCandidateLoss(logits, target, candidates, smoothing), 1e-5) << smoothing;
  }
}

TEST(CandidateLoss, EqualsTorchWithoutColumnsToMask) {
  torch::manual_seed(2);
  const at::Tensor logits = at::randn({8, 5});
  const at::Tensor target = at::randint(5, {8}, at::kLong);
  const at::Tensor expected =
      at::cross_entropy_loss(logits, target, {}, at::Reduction::Mean, -100, 0.05);
  const at::Tensor loss = CandidateLoss(logits, target, at::full({8}, 5, at::kLong), 0.05);
  EXPECT_NEAR(loss.item<double>(), expected.item<double>(), 1e-5);
}

TEST(CandidateLoss, ColumnsBeyondTheClassChangeNothingAndGetNoGradient) {
  torch::manual_seed(3);
  const at::Tensor target = at::tensor({int64_t{1}, int64_t{0}});
  const at::Tensor candidates = at::tensor({int64_t{2}, int64_t{3}});
  at::Tensor logits = at::randn({2, 4}).requires_grad_(true);
  at::Tensor other = logits.detach().clone();
  other[0][2] = 100;
  other[1][3] = -100;
  const at::Tensor loss = CandidateLoss(logits, target, candidates, 0.05);
  EXPECT_FLOAT_EQ(loss.item<float>(), CandidateLoss(other, target, candidates, 0.05).item<float>());
  loss.backward();
  const at::Tensor gradient = logits.grad();
  EXPECT_TRUE(gradient.isfinite().all().item<bool>());
  EXPECT_EQ(gradient[0][2].item<float>(), 0);
  EXPECT_EQ(gradient[0][3].item<float>(), 0);
  EXPECT_EQ(gradient[1][3].item<float>(), 0);
  EXPECT_NE(gradient[0][0].item<float>(), 0);
}

TEST(ScaleGradient, KeepsValuesAndScalesGradients) {
  for (double scale : {0.0, 0.1, 1.0}) {
    at::Tensor x = at::arange(6, at::kFloat).requires_grad_(true);
    const at::Tensor y = ScaleGradient(x, scale);
    EXPECT_TRUE(at::allclose(y, x));
    // x takes part on a second way, so that backward works at scale 0 as well.
    ((y * 3).sum() + (x * 0).sum()).backward();
    EXPECT_TRUE(at::allclose(x.grad(), at::full({6}, 3 * scale, at::kFloat), 1e-5, 1e-6)) << scale;
  }
}

double SlowContrastiveLoss(const at::Tensor& a, const at::Tensor& b, double temperature) {
  const int64_t n = a.size(0);
  double total = 0;
  for (int64_t i = 0; i < n; ++i) {
    double row = 0, column = 0;
    for (int64_t j = 0; j < n; ++j) {
      row += std::exp(a[i].dot(b[j]).item<double>() / temperature);
      column += std::exp(a[j].dot(b[i]).item<double>() / temperature);
    }
    const double own = a[i].dot(b[i]).item<double>() / temperature;
    total += std::log(row) - own + std::log(column) - own;
  }
  return total / static_cast<double>(2 * n);
}

TEST(ContrastiveLoss, MatchesTheDefinition) {
  torch::manual_seed(4);
  const at::Tensor a = torch::nn::functional::normalize(at::randn({7, 5}));
  const at::Tensor b = torch::nn::functional::normalize(a + 0.5 * at::randn({7, 5}));
  EXPECT_NEAR(ContrastiveLoss(a, b, 0.1).item<double>(), SlowContrastiveLoss(a, b, 0.1), 1e-5);
  EXPECT_NEAR(ContrastiveLoss(a, b, 0.1).item<double>(), ContrastiveLoss(b, a, 0.1).item<double>(),
              1e-6);
}

TEST(ContrastiveLoss, IsLowestForEqualViews) {
  torch::manual_seed(5);
  const at::Tensor a = torch::nn::functional::normalize(at::randn({16, 32}));
  const at::Tensor shuffled = a.roll(1, 0);
  EXPECT_LT(ContrastiveLoss(a, a, 0.1).item<double>(), 0.1);
  EXPECT_GT(ContrastiveLoss(a, shuffled, 0.1).item<double>(), 5);
}

}  // namespace
}  // namespace provnet
