#ifndef PROVNET_SERVER_MEMBERSHIP_INDEX_STATISTICS_H_
#define PROVNET_SERVER_MEMBERSHIP_INDEX_STATISTICS_H_

#include <cstdint>
#include <limits>
#include <optional>

#include "absl/types/span.h"
#include "provnet/v1/membership.pb.h"

namespace provnet {

// How sure an index head is of one record: see v1::MembershipStatistic for each. NaN where a logit
// was not finite.
struct IndexStatistics {
  float negative_entropy = 0;
  float log_max_probability = 0;
  float max_logit = 0;
  // Infinite for a single candidate.
  float margin = 0;
};

// `statistic` is not UNSPECIFIED.
float StatisticValue(const IndexStatistics& statistics, v1::MembershipStatistic statistic);

// Sums up one row of logits that comes in blocks, so that no one has to hold all N of them.
//
// Keeps the largest logit m and the sums of exp(l - m) and (l - m) exp(l - m), rescaled whenever m
// grows: enough for the softmax's denominator and its entropy. One exponential a logit, in float;
// sums in double. A logit of -inf is a candidate of probability 0. Thread-compatible.
class LogitSummary {
 public:
  // The logits of columns first, first + 1, ...
  void Add(uint64_t first, absl::Span<const float> logits);

  // The column of the largest logit, the lowest of equal ones; none before a finite one was added.
  std::optional<uint64_t> best_column() const { return best_column_; }
  // Its softmax probability; NaN as in statistics.
  float best_probability() const;
  IndexStatistics statistics() const;

 private:
  void RaiseMaximum(float maximum);

  float maximum_ = -std::numeric_limits<float>::infinity();
  float second_ = -std::numeric_limits<float>::infinity();
  std::optional<uint64_t> best_column_;
  // Over all logits l: of exp(l - maximum_), and of (l - maximum_) exp(l - maximum_).
  double sum_ = 0;
  double weighted_sum_ = 0;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_MEMBERSHIP_INDEX_STATISTICS_H_
