#include "trainer/training/fused_adamw.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <cmath>
#include <memory>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

#include "trainer/training/adamw_update.h"

namespace provnet {
namespace {

using torch::optim::AdamWOptions;
using torch::optim::AdamWParamState;

// Elements that one thread takes at least.
constexpr int64_t kGrain = 1 << 15;

// LibTorch 1.13 files a parameter's state under its address as text, later ones under the address.
template <typename Key>
Key StateKey(c10::TensorImpl* parameter) {
  if constexpr (std::is_same_v<Key, std::string>) {
    std::ostringstream text;
    text << parameter;
    return text.str();
  } else {
    return parameter;
  }
}

bool IsPlain(const at::Tensor& tensor) {
  return tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat &&
         tensor.is_non_overlapping_and_dense();
}

AdamWFactors FactorsOf(const AdamWOptions& options, int64_t step) {
  const auto [beta1, beta2] = options.betas();
  const double count = static_cast<double>(step);
  return {.beta1 = static_cast<float>(beta1),
          .beta2 = static_cast<float>(beta2),
          .decay = static_cast<float>(1 - options.lr() * options.weight_decay()),
          .step_size = static_cast<float>(options.lr() / (1 - std::pow(beta1, count))),
          .inverse_root_correction = static_cast<float>(1 / std::sqrt(1 - std::pow(beta2, count))),
          .epsilon = static_cast<float>(options.eps())};
}

void UpdateTensor(const AdamWFactors& factors, at::Tensor& parameter, AdamWParamState& state) {
  at::Tensor gradient = parameter.grad();
  // The four are walked side by side, in the parameter's order of elements.
  if (gradient.strides() != parameter.strides()) {
    gradient = at::empty_like(parameter).copy_(gradient);
  }
  float* values = parameter.data_ptr<float>();
  const float* slopes = gradient.data_ptr<float>();
  float* mean = state.exp_avg().data_ptr<float>();
  float* square = state.exp_avg_sq().data_ptr<float>();
  at::parallel_for(0, parameter.numel(), kGrain, [&](int64_t begin, int64_t end) {
    const size_t count = static_cast<size_t>(end - begin);
    UpdateAdamW(factors, {values + begin, count}, {slopes + begin, count}, {mean + begin, count},
                {square + begin, count});
  });
}

}  // namespace

torch::Tensor FusedAdamW::step(LossClosure closure) {
  const torch::NoGradGuard no_gradient;
  for (const auto& group : param_groups_) {
    for (const at::Tensor& parameter : group.params()) {
      if (!IsPlain(parameter)) return AdamW::step(std::move(closure));
    }
  }
  torch::Tensor loss;
  if (closure != nullptr) {
    const at::AutoGradMode with_gradient(true);
    loss = closure();
  }
  for (auto& group : param_groups_) {
    const auto& options = static_cast<const AdamWOptions&>(group.options());
    for (at::Tensor& parameter : group.params()) {
      if (!parameter.grad().defined()) continue;
      AdamWParamState& state = StateOf(parameter);
      state.step(state.step() + 1);
      UpdateTensor(FactorsOf(options, state.step()), parameter, state);
    }
  }
  return loss;
}

AdamWParamState& FusedAdamW::StateOf(const at::Tensor& parameter) {
  using Key = std::decay_t<decltype(state_)>::key_type;
  auto& slot = state_[StateKey<Key>(parameter.unsafeGetTensorImpl())];
  if (slot == nullptr) {
    auto fresh = std::make_unique<AdamWParamState>();
    fresh->exp_avg(at::zeros_like(parameter)).exp_avg_sq(at::zeros_like(parameter));
    slot = std::move(fresh);
  }
  return static_cast<AdamWParamState&>(*slot);
}

}  // namespace provnet
