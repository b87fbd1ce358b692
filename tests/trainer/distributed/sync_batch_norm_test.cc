#include "trainer/distributed/sync_batch_norm.h"

#include <gtest/gtest.h>
#include <torch/script.h>
#include <torch/torch.h>

#include "tests/trainer/distributed/ranks.h"

namespace provnet {
namespace {

// What normalising a batch gives, and what it leaves.
struct Outcome {
  at::Tensor y, x_gradient, weight_gradient, bias_gradient, mean, variance;
};

// Normalises `x` by `norm`, or by torch.batch_norm without one; the loss is the sum of y * weights.
Outcome Normalize(const at::Tensor& x, const at::Tensor& loss_weights, bool affine,
                  const c10::IValue* norm, bool training = true) {
  torch::jit::Module module("Normalization");
  const int64_t channels = x.size(1);
  at::Tensor weight = at::linspace(0.5, 2, channels).set_requires_grad(true);
  at::Tensor bias = at::linspace(-1, 1, channels).set_requires_grad(true);
  const at::Tensor mean = at::ones({channels}), variance = at::full({channels}, 2.0);
  if (norm != nullptr) module.register_attribute("norm", norm->type(), *norm);
  module.define(
      std::string("def forward(self, x, weight: Optional[Tensor], bias: Optional[Tensor], "
                  "mean, var, training: bool):\n    return ") +
      (norm != nullptr ? "self.norm" : "torch") +
      ".batch_norm(x, weight, bias, mean, var, training, 0.1, 1e-5, True)\n");
  const at::Tensor input = x.detach().clone().set_requires_grad(true);
  const c10::IValue none;
  const at::Tensor y = module
                           .forward({input, affine ? c10::IValue(weight) : none,
                                     affine ? c10::IValue(bias) : none, mean, variance, training})
                           .toTensor();
  (y * loss_weights).sum().backward();
  return {y.detach(), input.grad(), weight.grad(), bias.grad(), mean, variance};
}

struct Case {
  const char* name;
  std::vector<int64_t> shape;
  bool affine;
  bool channels_last;
};

class SyncBatchNormTest : public ::testing::TestWithParam<Case> {};

INSTANTIATE_TEST_SUITE_P(SyncBatchNorm, SyncBatchNormTest,
                         ::testing::Values(Case{"Images", {7, 5, 6, 3}, true, true},
                                           Case{"ImagesInRows", {7, 5, 6, 3}, true, false},
                                           Case{"Features", {7, 40}, true, false},
                                           Case{"FeaturesWithoutWeights", {7, 40}, false, false}),
                         [](const auto& c) { return std::string(c.param.name); });

TEST_P(SyncBatchNormTest, RanksGetWhatOneProcessGetsFromTheWholeBatch) {
  torch::manual_seed(5);
  // Far from zero, where sums of squares would lose digits.
  at::Tensor whole = at::randn(GetParam().shape) + 30;
  if (GetParam().channels_last) whole = whole.contiguous(at::MemoryFormat::ChannelsLast);
  const at::Tensor loss_weights = at::randn(GetParam().shape);
  const Outcome expected = Normalize(whole, loss_weights, GetParam().affine, nullptr);
  WithRanks(3, [&](World& world) {
    // Shares of 2, 2 and 3.
    const Share own = ShareOf(whole.size(0), world.who());
    const auto part = [&](const at::Tensor& all) { return all.narrow(0, own.begin, own.size()); };
    const c10::IValue norm = MakeSyncBatchNorm(world);
    const Outcome outcome = Normalize(part(whole), part(loss_weights), GetParam().affine, &norm);
    EXPECT_TRUE(at::allclose(outcome.y, part(expected.y), 1e-4, 1e-4));
    EXPECT_TRUE(at::allclose(outcome.x_gradient, part(expected.x_gradient), 1e-4, 1e-4));
    EXPECT_TRUE(at::allclose(outcome.mean, expected.mean, 1e-5, 1e-5));
    EXPECT_TRUE(at::allclose(outcome.variance, expected.variance, 1e-4, 1e-4));
    if (GetParam().affine) {
      world.Sum(outcome.weight_gradient);
      world.Sum(outcome.bias_gradient);
      EXPECT_TRUE(at::allclose(outcome.weight_gradient, expected.weight_gradient, 1e-4, 1e-3));
      EXPECT_TRUE(at::allclose(outcome.bias_gradient, expected.bias_gradient, 1e-4, 1e-3));
    }
    EXPECT_TRUE(world.Part().ok());
  });
}

TEST_P(SyncBatchNormTest, EvaluationUsesTheRunningStatistics) {
  const at::Tensor x = at::randn(GetParam().shape), loss_weights = at::randn(GetParam().shape);
  const Outcome expected =
      Normalize(x, loss_weights, GetParam().affine, nullptr, /*training=*/false);
  WithRanks(2, [&](World& world) {
    const c10::IValue norm = MakeSyncBatchNorm(world);
    // Alone: a collective would not return.
    if (world.who().rank == 0) {
      const Outcome outcome =
          Normalize(x, loss_weights, GetParam().affine, &norm, /*training=*/false);
      EXPECT_TRUE(at::equal(outcome.y, expected.y));
      EXPECT_TRUE(at::equal(outcome.x_gradient, expected.x_gradient));
    }
    EXPECT_TRUE(world.Part().ok());
  });
}

}  // namespace
}  // namespace provnet
