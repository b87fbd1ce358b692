#include "trainer/distributed/sync_batch_norm.h"

#include <torch/custom_class.h>
#include <torch/torch.h>

#include <algorithm>
#include <tuple>
#include <vector>

namespace provnet {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

class SyncBatchNorm : public torch::CustomClassHolder {
 public:
  explicit SyncBatchNorm(World& world) : world_(world) {}

  World& world() { return world_; }

 private:
  World& world_;
};

// Over all ranks; one entry a channel.
struct Statistics {
  at::Tensor mean;
  // Without Bessel's correction.
  at::Tensor variance;
  // Values a channel.
  double count = 0;
};

// Combines the ranks' own means and variances, which loses no digits where sums of squares would
// (Chan, Golub and LeVeque 1979).
Statistics Measure(const at::Tensor& x, World& world) {
  const int64_t channels = x.size(1);
  const double count = static_cast<double>(x.numel() / channels);
  const auto [mean, variance] = at::batch_norm_update_stats(x, {}, {}, /*momentum=*/0);
  const at::Tensor all =
      world.Gather(at::cat({mean, variance, at::full({1}, count, mean.options())}));
  const at::Tensor counts = all.narrow(1, 2 * channels, 1).to(at::kDouble);
  const double total = counts.sum().item<double>();
  const at::Tensor share = (counts / total).to(at::kFloat);
  const at::Tensor means = all.narrow(1, 0, channels),
                   variances = all.narrow(1, channels, channels);
  Statistics result{.mean = (share * means).sum(0), .variance = {}, .count = total};
  result.variance = (share * (variances + (means - result.mean).square())).sum(0);
  return result;
}

// [C] to what broadcasts over [B, C, ...].
at::Tensor AlongChannels(const at::Tensor& values, int64_t dimensions) {
  std::vector<int64_t> shape(static_cast<size_t>(dimensions), 1);
  shape[1] = -1;
  return values.view(shape);
}

// y = weight (x - mean) / deviation + bias, whose mean and deviation depend on x.
class Normalize : public torch::autograd::Function<Normalize> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& x,
                            const c10::optional<at::Tensor>& weight,
                            const c10::optional<at::Tensor>& bias, const at::Tensor& mean,
                            const at::Tensor& variance, double count, double epsilon,
                            const c10::intrusive_ptr<SyncBatchNorm>& norm) {
    context->save_for_backward({x, weight.value_or(at::Tensor()), mean, variance});
    context->saved_data["count"] = count;
    context->saved_data["epsilon"] = epsilon;
    context->saved_data["norm"] = c10::IValue(norm);
    return std::get<0>(at::native_batch_norm(x, weight, bias, mean, variance, /*training=*/false,
                                             /*momentum=*/0, epsilon));
  }

  // The gradient for constant mean and deviation, whose sums over the batch then correct it: with z
  // = (x - mean) / deviation and dz = dy weight, dx = (dz - mean(dz) - z mean(dz z)) / deviation.
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &x = saved[0], &weight = saved[1], &mean = saved[2], &variance = saved[3];
    const double epsilon = context->saved_data["epsilon"].toDouble();
    const at::Tensor inverse = (variance + epsilon).rsqrt();
    // CUDA wants a weight for the sums that are the weight's gradient, and what its forward pass
    // would have saved; the CPU needs neither.
    auto [slope, own_weight, own_bias] = at::native_batch_norm_backward(
        gradients[0], x, weight.defined() ? weight : at::ones_like(mean), mean, variance, mean,
        inverse, /*train=*/false, epsilon, {true, true, true});
    const at::Tensor sums = at::cat({own_bias, own_weight});
    context->saved_data["norm"].toCustomClass<SyncBatchNorm>()->world().Sum(sums);
    const double count = context->saved_data["count"].toDouble();
    const at::Tensor scale = (weight.defined() ? weight.detach() * inverse : inverse) / -count;
    const at::Tensor by_x = scale * inverse * sums.narrow(0, mean.size(0), mean.size(0));
    const at::Tensor constant = scale * sums.narrow(0, 0, mean.size(0)) - by_x * mean;
    slope.addcmul_(x, AlongChannels(by_x, x.dim())).add_(AlongChannels(constant, x.dim()));
    return {slope,
            weight.defined() ? own_weight : at::Tensor(),
            weight.defined() ? own_bias : at::Tensor(),
            {},
            {},
            {},
            {},
            {}};
  }
};

at::Tensor BatchNorm(const c10::intrusive_ptr<SyncBatchNorm>& norm, const at::Tensor& x,
                     const c10::optional<at::Tensor>& weight, const c10::optional<at::Tensor>& bias,
                     const at::Tensor& running_mean, const at::Tensor& running_var, bool training,
                     double momentum, double epsilon, bool cudnn_enabled) {
  if (!training) {
    return at::batch_norm(x, weight, bias, running_mean, running_var, false, momentum, epsilon,
                          cudnn_enabled);
  }
  const Statistics statistics = [&] {
    const at::NoGradGuard no_gradient;
    Statistics measured = Measure(x, norm->world());
    const double unbiased = measured.count / std::max(measured.count - 1, 1.0);
    at::Tensor(running_mean).mul_(1 - momentum).add_(measured.mean, momentum);
    at::Tensor(running_var).mul_(1 - momentum).add_(measured.variance, momentum * unbiased);
    return measured;
  }();
  return Normalize::apply(x, weight, bias, statistics.mean, statistics.variance, statistics.count,
                          epsilon, norm);
}

}  // namespace

c10::IValue MakeSyncBatchNorm(World& world) {
  static const auto registration =
      torch::class_<SyncBatchNorm>("provnet", "SyncBatchNorm").def("batch_norm", &BatchNorm);
  return torch::make_custom_class<SyncBatchNorm>(world);
}

}  // namespace provnet
