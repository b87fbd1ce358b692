#include "server/batching/batch_cost.h"

#include <algorithm>

namespace provnet {
namespace {

// 0.977^30 = 1/2.
constexpr double kRemembered = 0.977;
// Variance of sizes below which the prior has the larger say in the slope.
constexpr double kPriorVariance = 0.25;

}  // namespace

void BatchCost::Observe(size_t size, absl::Duration took) {
  const auto n = static_cast<double>(size);
  const double t = absl::ToDoubleSeconds(took);
  const auto add = [](double& sum, double value) { sum = sum * kRemembered + value; };
  add(weight_, 1);
  add(sizes_, n);
  add(squares_, n * n);
  add(seconds_, t);
  add(products_, n * t);
}

absl::Duration BatchCost::Predict(size_t size) const {
  if (!known()) return absl::ZeroDuration();
  const double mean_size = sizes_ / weight_;
  const double mean_seconds = seconds_ / weight_;
  const double variance = std::max(0.0, squares_ / weight_ - mean_size * mean_size);
  const double covariance = products_ / weight_ - mean_size * mean_seconds;
  const double proportional = mean_seconds / mean_size;
  const double slope =
      std::clamp((covariance + kPriorVariance * proportional) / (variance + kPriorVariance), 0.0,
                 proportional);
  return absl::Seconds(mean_seconds + slope * (static_cast<double>(size) - mean_size));
}

}  // namespace provnet
