#include "trainer/faithfulness/parameter_gradients.h"

#include <gmock/gmock.h>
#include <torch/torch.h>

#include "tests/testing/status_matchers.h"
#include "tests/trainer/faithfulness/small_network.h"
#include "trainer/faithfulness/class_residuals.h"

namespace provnet {
namespace {

class ParameterGradientsTest : public ::testing::Test {
 protected:
  at::Tensor Gradients(const at::Tensor& projection) {
    return ProjectedMarginGradients(network_, data_, projection, [] { return false; }).value();
  }

  // Of every sample, with the network as it is now.
  at::Tensor MarginsNow() { return Margins(OutputsFor(network_, data_).logits, data_.labels); }

  at::Tensor Parameter(const std::string& wanted) {
    for (const auto& [name, value] : network_.NamedState()) {
      if (name == wanted) return value;
    }
    return {};
  }

  const Dataset data_ = SmallData(7);
  ProvenanceNetwork network_ = SmallPlainNetwork(data_);
  const int64_t count_ = ClassParameterCount(network_);
};

// A step along each layer moves every sample's margin by what its own gradient says.
TEST_F(ParameterGradientsTest, ForetellWhatAStepDoesToEachMargin) {
  const at::Tensor gradients = Gradients(at::eye(count_));
  const at::Generator generator = at::detail::createCPUGenerator(3);
  const at::Tensor direction = at::randn({count_}, generator);
  constexpr double kStep = 1e-4;
  const auto move = [&](double by) {
    torch::NoGradGuard no_gradient;
    int64_t begin = 0;
    for (auto& [name, value] : network_.NamedState()) {
      if (!value.requires_grad() || name.rfind("index_", 0) == 0) continue;
      value.add_(direction.narrow(0, begin, value.numel()).view(value.sizes()), by);
      begin += value.numel();
    }
    ASSERT_EQ(begin, count_);
  };
  move(kStep);
  const at::Tensor above = MarginsNow();
  move(-2 * kStep);
  const at::Tensor below = MarginsNow();
  const at::Tensor measured = (above - below) / (2 * kStep);
  EXPECT_TRUE(at::allclose(gradients.matmul(direction), measured, 0.05, 0.3))
      << gradients.matmul(direction) << measured;
}

TEST_F(ParameterGradientsTest, SumToTheGradientOfTheSum) {
  const at::Tensor weight = Parameter("class_weight"), bias = Parameter("class_bias");
  const Outputs outputs = OutputsFor(network_, data_);
  const at::Tensor margins = Margins(at::linear(outputs.features, weight, bias), data_.labels);
  const auto sums = torch::autograd::grad({margins.sum()}, {weight, bias});
  const at::Tensor gradients = Gradients(at::eye(count_)).sum(0);
  const int64_t classes = bias.numel();
  // NamedState ends the class branch with weight and bias.
  EXPECT_TRUE(at::allclose(gradients.narrow(0, count_ - classes, classes), sums[1], 1e-3, 1e-4));
  EXPECT_TRUE(at::allclose(gradients.narrow(0, count_ - classes - weight.numel(), weight.numel()),
                           sums[0].reshape({-1}), 1e-3, 1e-4));
}

TEST_F(ParameterGradientsTest, AreProjectedRowByRow) {
  const at::Generator generator = at::detail::createCPUGenerator(9);
  const at::Tensor projection = at::randn({count_, 12}, generator);
  EXPECT_TRUE(at::allclose(Gradients(projection), Gradients(at::eye(count_)).matmul(projection),
                           1e-3, 1e-3));
}

TEST_F(ParameterGradientsTest, StopWhenAsked) {
  EXPECT_THAT(ProjectedMarginGradients(network_, data_, at::eye(count_), [] { return true; }),
              StatusIs(absl::StatusCode::kCancelled, ::testing::_));
}

}  // namespace
}  // namespace provnet
