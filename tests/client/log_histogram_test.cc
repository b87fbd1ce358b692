#include "client/bench/log_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <vector>

namespace provnet {
namespace {

// The exact answer: the smallest value that at least a share q is not above.
int64_t ExactQuantile(const std::vector<int64_t>& sorted, double q) {
  const size_t rank =
      std::max<size_t>(1, static_cast<size_t>(std::ceil(q * static_cast<double>(sorted.size()))));
  return sorted[rank - 1];
}

TEST(LogHistogramTest, IsZeroWhenEmpty) {
  LogHistogram histogram;
  EXPECT_EQ(histogram.count(), 0);
  EXPECT_EQ(histogram.Quantile(0.5), absl::ZeroDuration());
  EXPECT_EQ(histogram.Max(), absl::ZeroDuration());
  EXPECT_EQ(histogram.Mean(), absl::ZeroDuration());
}

TEST(LogHistogramTest, IsExactForSmallValues) {
  LogHistogram histogram;
  for (int i = 0; i <= 255; ++i) histogram.Record(absl::Nanoseconds(i));
  EXPECT_EQ(histogram.Quantile(0.5), absl::Nanoseconds(127));
  EXPECT_EQ(histogram.Quantile(0), absl::Nanoseconds(0));
  EXPECT_EQ(histogram.Quantile(1), absl::Nanoseconds(255));
}

TEST(LogHistogramTest, FollowsAnExactSort) {
  std::mt19937_64 generator(1);
  std::lognormal_distribution<double> latency(15, 2);
  LogHistogram histogram;
  std::vector<int64_t> values;
  double sum = 0;
  for (int i = 0; i < 20000; ++i) {
    values.push_back(static_cast<int64_t>(std::min(6e10, latency(generator))));
    histogram.Record(absl::Nanoseconds(values.back()));
    sum += static_cast<double>(values.back());
  }
  std::sort(values.begin(), values.end());
  for (double q : {0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999}) {
    const double exact = static_cast<double>(ExactQuantile(values, q));
    const double measured = absl::ToDoubleNanoseconds(histogram.Quantile(q));
    EXPECT_GE(measured, exact) << q;
    EXPECT_LE(measured, exact * (1 + 1.0 / 128) + 1) << q;
  }
  EXPECT_EQ(histogram.Max(), absl::Nanoseconds(values.back()));
  EXPECT_EQ(histogram.count(), 20000);
  EXPECT_NEAR(absl::ToDoubleNanoseconds(histogram.Mean()) / (sum / 20000), 1, 0.005);
}

TEST(LogHistogramTest, NeverExceedsTheLargestValue) {
  LogHistogram histogram;
  histogram.Record(absl::Microseconds(1000));
  EXPECT_EQ(histogram.Quantile(0.5), absl::Microseconds(1000));
}

TEST(LogHistogramTest, TakesNegativeAndHugeValues) {
  LogHistogram histogram;
  histogram.Record(absl::Seconds(-1));
  EXPECT_EQ(histogram.Quantile(1), absl::ZeroDuration());
  histogram.Record(absl::Hours(2));
  EXPECT_EQ(histogram.Max(), absl::Hours(2));
  EXPECT_GE(histogram.Quantile(1), absl::Seconds(68));
}

}  // namespace
}  // namespace provnet
