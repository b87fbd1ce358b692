#include "trainer/training/fused_adamw.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <sstream>
#include <vector>

namespace provnet {
namespace {

// A matrix that several threads share, a channels-last kernel, and a vector.
std::vector<at::Tensor> Parameters() {
  const auto generator = at::detail::createCPUGenerator(1);
  std::vector<at::Tensor> parameters = {at::randn({700, 300}, generator, at::TensorOptions()),
                                        at::randn({8, 4, 3, 3}, generator, at::TensorOptions())
                                            .contiguous(at::MemoryFormat::ChannelsLast),
                                        at::randn({5}, generator, at::TensorOptions())};
  for (at::Tensor& parameter : parameters) parameter.set_requires_grad(true);
  return parameters;
}

torch::optim::AdamWOptions Options() {
  return torch::optim::AdamWOptions(1e-2).betas({0.9, 0.99}).weight_decay(0.05);
}

// Steps first .. last-1, with gradients that depend on the step alone; contiguous ones, also for
// the kernel.
void TakeSteps(torch::optim::Optimizer& optimizer, const std::vector<at::Tensor>& parameters,
               uint64_t first, uint64_t last) {
  for (uint64_t step = first; step < last; ++step) {
    auto generator = at::detail::createCPUGenerator(100 + step);
    for (const at::Tensor& parameter : parameters) {
      parameter.mutable_grad() = at::randn(parameter.sizes(), generator, at::TensorOptions());
    }
    optimizer.step();
  }
}

void ExpectClose(const std::vector<at::Tensor>& actual, const std::vector<at::Tensor>& expected) {
  for (size_t i = 0; i < actual.size(); ++i) {
    EXPECT_LT((actual[i] - expected[i]).abs().max().item<double>(), 1e-5) << "parameter " << i;
  }
}

TEST(FusedAdamW, TakesTheStepsOfLibTorchsAdamW) {
  const auto fused = Parameters(), expected = Parameters();
  FusedAdamW optimizer(fused, Options());
  torch::optim::AdamW reference(expected, Options());
  TakeSteps(optimizer, fused, 0, 20);
  TakeSteps(reference, expected, 0, 20);
  ExpectClose(fused, expected);
  EXPECT_GT((fused[0] - Parameters()[0]).abs().max().item<double>(), 0.01);
}

TEST(FusedAdamW, GoesOnFromTheStateThatEitherOfThemSaved) {
  const auto expected = Parameters(), fused = Parameters();
  torch::optim::AdamW reference(expected, Options()), first(fused, Options());
  TakeSteps(reference, expected, 0, 10);
  TakeSteps(first, fused, 0, 5);
  std::stringstream file;
  torch::save(first, file);
  FusedAdamW second(fused, Options());
  torch::load(second, file);
  TakeSteps(second, fused, 5, 8);
  std::stringstream next_file;
  torch::save(second, next_file);
  torch::optim::AdamW third(fused, Options());
  torch::load(third, next_file);
  TakeSteps(third, fused, 8, 10);
  ExpectClose(fused, expected);
}

TEST(FusedAdamW, DoesNotDependOnTheNumberOfThreads) {
  const auto one = Parameters(), many = Parameters();
  const int threads = at::get_num_threads();
  FusedAdamW a(one, Options()), b(many, Options());
  at::set_num_threads(1);
  TakeSteps(a, one, 0, 3);
  at::set_num_threads(4);
  TakeSteps(b, many, 0, 3);
  at::set_num_threads(threads);
  for (size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(one[i].equal(many[i])) << i;
}

TEST(FusedAdamW, LeavesParametersWithoutGradientAlone) {
  const auto parameters = Parameters();
  FusedAdamW optimizer(parameters, Options());
  optimizer.step();
  EXPECT_TRUE(parameters[0].equal(Parameters()[0]));
}

TEST(FusedAdamW, StepsOtherKindsOfParametersAsLibTorchDoes) {
  const auto fused = at::ones({3}, at::kDouble).set_requires_grad(true);
  const auto expected = at::ones({3}, at::kDouble).set_requires_grad(true);
  FusedAdamW optimizer(std::vector<at::Tensor>{fused}, Options());
  torch::optim::AdamW reference(std::vector<at::Tensor>{expected}, Options());
  fused.mutable_grad() = at::ones({3}, at::kDouble);
  expected.mutable_grad() = at::ones({3}, at::kDouble);
  optimizer.step();
  reference.step();
  EXPECT_TRUE(fused.equal(expected));
}

}  // namespace
}  // namespace provnet
