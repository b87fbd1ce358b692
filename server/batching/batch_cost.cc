#include "server/batching/batch_cost.h"

#include <algorithm>
#include <cmath>

namespace provnet {
namespace {

// 0.977^30 = 1/2.
constexpr double kRemembered = 0.977;
// Variance of sizes below which the prior has the larger say in the slope.
constexpr double kPriorVariance = 0.25;
// Gains of the mean ratio and of its deviation, and how many deviations are kept in reserve: those
// of TCP's timer, where they leave one in a hundred outside.
constexpr double kRatioGain = 1.0 / 8;
constexpr double kDeviationGain = 1.0 / 4;
constexpr double kDeviations = 4;
// One batch that was stalled says little about the next, so it is taken for no worse than this.
constexpr double kWorstRatio = 2;
// The same for the line, which has to follow a machine that becomes much slower.
constexpr double kWorstRatioOfLine = 10;

}  // namespace

void BatchCost::Observe(size_t size, absl::Duration took) {
  const auto n = static_cast<double>(size);
  double t = absl::ToDoubleSeconds(took);
  if (const absl::Duration predicted = Predict(size); predicted > absl::ZeroDuration()) {
    const double ratio = std::min(absl::FDivDuration(took, predicted), kWorstRatio);
    deviation_ += kDeviationGain * (std::abs(ratio - mean_ratio_) - deviation_);
    mean_ratio_ += kRatioGain * (ratio - mean_ratio_);
    t = std::min(t, kWorstRatioOfLine * absl::ToDoubleSeconds(predicted));
  }
  const auto add = [](double& sum, double value) { sum = sum * kRemembered + value; };
  add(weight_, 1);
  add(sizes_, n);
  add(squares_, n * n);
  add(seconds_, t);
  add(products_, n * t);
}

double BatchCost::Variance() const {
  const double mean_size = sizes_ / weight_;
  return std::max(0.0, squares_ / weight_ - mean_size * mean_size);
}

bool BatchCost::sizes_differ() const { return known() && Variance() > kPriorVariance; }

absl::Duration BatchCost::Predict(size_t size) const {
  if (!known()) return absl::ZeroDuration();
  const double mean_size = sizes_ / weight_;
  const double mean_seconds = seconds_ / weight_;
  const double variance = Variance();
  const double covariance = products_ / weight_ - mean_size * mean_seconds;
  const double proportional = mean_seconds / mean_size;
  const double slope =
      std::clamp((covariance + kPriorVariance * proportional) / (variance + kPriorVariance), 0.0,
                 proportional);
  return absl::Seconds(mean_seconds + slope * (static_cast<double>(size) - mean_size));
}

double BatchCost::AtMostFactor(size_t count) const {
  const auto n = static_cast<double>(count);
  return std::max(n, mean_ratio_ * n + kDeviations * deviation_ * std::sqrt(n));
}

}  // namespace provnet
