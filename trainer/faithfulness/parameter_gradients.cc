#include "trainer/faithfulness/parameter_gradients.h"

#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/torch.h>

#include <algorithm>
#include <numeric>

#include "trainer/faithfulness/class_residuals.h"
#include "trainer/training/batch_source.h"

namespace provnet {
namespace {

// Samples that share a forward pass and a projection.
constexpr uint64_t kBlock = 64;

std::vector<at::Tensor> ClassParameters(const ProvenanceNetwork& network) {
  std::vector<at::Tensor> parameters;
  for (const auto& [name, value] : network.NamedState()) {
    if (value.requires_grad() && name.rfind("index_", 0) != 0) parameters.push_back(value);
  }
  return parameters;
}

// One sample's gradient, flat.
at::Tensor Gradient(const at::Tensor& margin, const std::vector<at::Tensor>& parameters) {
  std::vector<at::Tensor> flat;
  for (const at::Tensor& gradient : torch::autograd::grad({margin}, parameters)) {
    flat.push_back(gradient.reshape({-1}));
  }
  return at::cat(flat);
}

}  // namespace

int64_t ClassParameterCount(const ProvenanceNetwork& network) {
  int64_t count = 0;
  for (const at::Tensor& parameter : ClassParameters(network)) count += parameter.numel();
  return count;
}

absl::StatusOr<at::Tensor> ProjectedMarginGradients(ProvenanceNetwork& network, const Dataset& data,
                                                    const at::Tensor& projection,
                                                    const StopCondition& stop_requested) {
  // The optimising executor would first watch and compile: this is over before that pays.
  const torch::jit::GraphOptimizerEnabledGuard plain_execution(false);
  network.SetTraining(false);
  const std::vector<at::Tensor> parameters = ClassParameters(network);
  std::vector<at::Tensor> parts;
  for (uint64_t begin = 0; begin < data.size(); begin += kBlock) {
    if (stop_requested()) return absl::CancelledError("stopped while computing gradients");
    std::vector<at::Tensor> gradients;
    for (uint64_t i = begin; i < std::min<uint64_t>(begin + kBlock, data.size()); ++i) {
      const at::Tensor logits = network.Classify(network.Features(ImagesToTensor(data, {i})));
      gradients.push_back(Gradient(Margins(logits, {data.labels[i]}), parameters));
    }
    torch::NoGradGuard no_gradient;
    parts.push_back(at::stack(gradients).matmul(projection));
  }
  return at::cat(parts);
}

}  // namespace provnet
