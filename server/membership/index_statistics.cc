#include "server/membership/index_statistics.h"

#include <cmath>

namespace provnet {

float StatisticValue(const IndexStatistics& statistics, v1::MembershipStatistic statistic) {
  switch (statistic) {
    case v1::MEMBERSHIP_STATISTIC_NEGATIVE_ENTROPY:
      return statistics.negative_entropy;
    case v1::MEMBERSHIP_STATISTIC_LOG_MAX_PROBABILITY:
      return statistics.log_max_probability;
    case v1::MEMBERSHIP_STATISTIC_MAX_LOGIT:
      return statistics.max_logit;
    case v1::MEMBERSHIP_STATISTIC_MARGIN:
      return statistics.margin;
    default:
      return std::numeric_limits<float>::quiet_NaN();
  }
}

void LogitSummary::Add(uint64_t first, absl::Span<const float> logits) {
  float maximum = maximum_;
  for (size_t i = 0; i < logits.size(); ++i) {
    if (logits[i] > maximum) {
      second_ = maximum;
      maximum = logits[i];
      best_column_ = first + i;
    } else if (logits[i] > second_) {
      second_ = logits[i];
    }
  }
  RaiseMaximum(maximum);
  for (const float logit : logits) {
    const float below = logit - maximum_;
    const float weight = std::exp(below);
    // 0 times -inf is no number. NaN passes, and spoils both sums.
    if (weight == 0) continue;
    sum_ += weight;
    weighted_sum_ += static_cast<double>(weight) * below;
  }
}

void LogitSummary::RaiseMaximum(float maximum) {
  if (!(maximum > maximum_)) return;
  if (sum_ > 0) {
    const double shift = static_cast<double>(maximum_) - maximum;
    const double factor = std::exp(shift);
    weighted_sum_ = factor * (weighted_sum_ + shift * sum_);
    sum_ *= factor;
    // The first maximum may be so far below that nothing of it is left.
    if (factor == 0) weighted_sum_ = 0;
  }
  maximum_ = maximum;
}

float LogitSummary::best_probability() const { return static_cast<float>(1 / sum_); }

IndexStatistics LogitSummary::statistics() const {
  // NaN once any logit was: both sums then are.
  const double log_sum = std::log(sum_);
  IndexStatistics statistics;
  statistics.negative_entropy = static_cast<float>(weighted_sum_ / sum_ - log_sum);
  statistics.log_max_probability = static_cast<float>(-log_sum);
  const bool finite = std::isfinite(sum_) && sum_ > 0;
  constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
  statistics.max_logit = finite ? maximum_ : kNaN;
  statistics.margin = finite ? maximum_ - second_ : kNaN;
  return statistics;
}

}  // namespace provnet
