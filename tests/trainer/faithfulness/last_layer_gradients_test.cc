#include "trainer/faithfulness/last_layer_gradients.h"

#include <gmock/gmock.h>
#include <torch/torch.h>

#include <functional>

#include "tests/trainer/faithfulness/small_network.h"
#include "trainer/faithfulness/class_residuals.h"
#include "trainer/training/batch_source.h"

namespace provnet {
namespace {

constexpr size_t kSamples = 9;

// Autograd's gradients of each sample's loss, or margin, by the class layer: [n, (D + 1) * C] in
// the order of the written-out outer products.
class LastLayerGradientsTest : public ::testing::Test {
 protected:
  at::Tensor SlowGradients(const std::function<at::Tensor(const at::Tensor&, uint32_t)>& value) {
    at::Tensor weight, bias;
    for (const auto& [name, tensor] : network_.NamedState()) {
      if (name == "class_weight") weight = tensor;
      if (name == "class_bias") bias = tensor;
    }
    std::vector<at::Tensor> rows;
    for (uint64_t i = 0; i < data_.size(); ++i) {
      const at::Tensor logits = network_.Classify(network_.Features(ImagesToTensor(data_, {i})));
      const auto gradients =
          torch::autograd::grad({value(logits, data_.labels[i])}, {weight, bias});
      rows.push_back(at::cat({gradients[0], gradients[1].unsqueeze(1)}, 1).t().reshape({-1}));
    }
    return at::stack(rows);
  }

  at::Tensor SlowLossGradients() {
    return SlowGradients([](const at::Tensor& logits, uint32_t label) {
      return at::cross_entropy_loss(logits, at::tensor({int64_t{label}}, at::kLong));
    });
  }

  at::Tensor SlowMarginGradients() {
    return SlowGradients([](const at::Tensor& logits, uint32_t label) {
      const at::Tensor p = logits.to(at::kDouble).softmax(1)[0][int64_t{label}];
      return (p / (1 - p)).log();
    });
  }

  const Dataset data_ = SmallData(kSamples);
  ProvenanceNetwork network_ = SmallPlainNetwork(data_);
  const Outputs outputs_ = OutputsFor(network_, data_);
};

TEST_F(LastLayerGradientsTest, HaveTheInnerProductsOfAutogradsGradients) {
  const at::Tensor slow = SlowMarginGradients().matmul(-SlowLossGradients().t());
  const LastLayerGradients samples = LossGradients(outputs_, data_.labels);
  const LastLayerGradients queries = MarginGradients(outputs_, data_.labels);
  const at::Tensor fast =
      queries.features.matmul(samples.features.t()) * queries.pulls.matmul(samples.pulls.t());
  EXPECT_TRUE(at::allclose(fast, slow, 1e-3, 1e-4)) << fast << slow;
}

TEST_F(LastLayerGradientsTest, SketchesProjectTheWrittenOutGradients) {
  const at::Tensor slow_loss = -SlowLossGradients(), slow_margin = SlowMarginGradients();
  const at::Tensor projection = GaussianProjection(slow_loss.size(1), 16, 7);
  EXPECT_TRUE(at::allclose(Sketch(LossGradients(outputs_, data_.labels), projection),
                           slow_loss.matmul(projection), 1e-3, 1e-4));
  EXPECT_TRUE(at::allclose(Sketch(MarginGradients(outputs_, data_.labels), projection),
                           slow_margin.matmul(projection), 1e-3, 1e-4));
}

TEST(GaussianProjection, KeepsInnerProductsAboutAsTheyAre) {
  const at::Generator generator = at::detail::createCPUGenerator(5);
  const at::Tensor rows = at::randn({4, 300}, generator);
  const at::Tensor projected = rows.matmul(GaussianProjection(300, 4000, 3));
  // Deviation of about 300 / sqrt(4000) = 5.
  EXPECT_TRUE(at::allclose(projected.matmul(projected.t()), rows.matmul(rows.t()), 0, 25));
  EXPECT_FALSE(GaussianProjection(3, 3, 1).equal(GaussianProjection(3, 3, 2)));
}

TEST(ClassResiduals, AreTheGradientsByTheLogits) {
  const std::vector<uint32_t> labels = {0, 2, 1};
  const at::Generator generator = at::detail::createCPUGenerator(2);
  const at::Tensor logits = at::randn({3, 3}, generator).set_requires_grad(true);
  const at::Tensor columns = at::tensor({0, 2, 1}, at::kLong);
  const at::Tensor loss = at::cross_entropy_loss(logits, columns, {}, at::Reduction::Sum);
  EXPECT_TRUE(at::allclose(-torch::autograd::grad({loss}, {logits})[0], LossPull(logits, labels)));
  const at::Tensor p = logits.softmax(1).gather(1, columns.unsqueeze(1)).squeeze(1);
  const at::Tensor margin = (p / (1 - p)).log();
  EXPECT_TRUE(at::allclose(margin, Margins(logits, labels), 1e-4, 1e-5));
  EXPECT_TRUE(at::allclose(torch::autograd::grad({margin.sum()}, {logits})[0],
                           MarginPull(logits, labels), 1e-4, 1e-5));
  EXPECT_TRUE(at::allclose(TrueClassDoubt(logits, labels).squeeze(1), 1 - p, 1e-4, 1e-6));
}

TEST(ClassResiduals, StayFiniteForSureNetworks) {
  const at::Tensor logits = at::tensor({200.0f, 0.0f, -200.0f}).view({1, 3});
  EXPECT_NEAR(Margins(logits, {0}).item<float>(), 200, 1e-3);
  EXPECT_NEAR(Margins(logits, {2}).item<float>(), -400, 1e-3);
  EXPECT_TRUE(at::isfinite(MarginPull(logits, {0})).all().item<bool>());
  EXPECT_EQ(TrueClassDoubt(logits, {2}).item<float>(), 1);
}

}  // namespace
}  // namespace provnet
