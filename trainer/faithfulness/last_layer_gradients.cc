#include "trainer/faithfulness/last_layer_gradients.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "trainer/faithfulness/class_residuals.h"

namespace provnet {
namespace {

// Rows that are written out at once.
constexpr int64_t kBlock = 512;

at::Tensor WithOne(const at::Tensor& features) {
  return at::cat({features, at::ones({features.size(0), 1})}, 1);
}

}  // namespace

LastLayerGradients LossGradients(const Outputs& outputs, const std::vector<uint32_t>& labels) {
  return {WithOne(outputs.features), LossPull(outputs.logits, labels)};
}

LastLayerGradients MarginGradients(const Outputs& outputs, const std::vector<uint32_t>& labels) {
  return {WithOne(outputs.features), MarginPull(outputs.logits, labels)};
}

at::Tensor GaussianProjection(int64_t inputs, int64_t dim, uint64_t seed) {
  const at::Generator generator = at::detail::createCPUGenerator(seed);
  return at::randn({inputs, dim}, generator) / std::sqrt(static_cast<double>(dim));
}

at::Tensor Sketch(const LastLayerGradients& gradients, const at::Tensor& projection) {
  torch::NoGradGuard no_gradient;
  std::vector<at::Tensor> parts;
  for (int64_t begin = 0; begin < gradients.features.size(0); begin += kBlock) {
    const int64_t count = std::min(kBlock, gradients.features.size(0) - begin);
    const at::Tensor outer = gradients.features.narrow(0, begin, count).unsqueeze(2) *
                             gradients.pulls.narrow(0, begin, count).unsqueeze(1);
    parts.push_back(outer.flatten(1).matmul(projection));
  }
  return at::cat(parts);
}

}  // namespace provnet
