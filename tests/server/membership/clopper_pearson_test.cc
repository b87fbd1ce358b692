#include "server/membership/clopper_pearson.h"

#include <gtest/gtest.h>

#include <cmath>

namespace provnet {
namespace {

TEST(ClopperPearsonTest, HasTheValuesThatAreKnownInClosedForm) {
  // No success: (1 - upper)^n = 0.025. n successes: lower^n = 0.025.
  EXPECT_EQ(ClopperPearson(0, 10, 0.95).lower, 0);
  EXPECT_NEAR(ClopperPearson(0, 10, 0.95).upper, 1 - std::pow(0.025, 0.1), 1e-12);
  EXPECT_NEAR(ClopperPearson(10, 10, 0.95).lower, std::pow(0.025, 0.1), 1e-12);
  EXPECT_EQ(ClopperPearson(10, 10, 0.95).upper, 1);
  // One of two: 1 - (1 - lower)^2 = 0.025.
  EXPECT_NEAR(ClopperPearson(1, 2, 0.95).lower, 1 - std::sqrt(0.975), 1e-12);
  EXPECT_NEAR(ClopperPearson(1, 2, 0.95).upper, std::sqrt(0.975), 1e-12);
  // As tables have it.
  EXPECT_NEAR(ClopperPearson(5, 10, 0.95).lower, 0.18709, 1e-5);
  EXPECT_NEAR(ClopperPearson(5, 10, 0.95).upper, 0.81291, 1e-5);
}

// P(X >= k) for X ~ Binomial(n, p), summed up term by term.
double UpperTail(uint64_t k, uint64_t n, double p) {
  double sum = 0;
  for (uint64_t i = k; i <= n; ++i) {
    const auto x = static_cast<double>(i), m = static_cast<double>(n);
    sum += std::exp(std::lgamma(m + 1) - std::lgamma(x + 1) - std::lgamma(m - x + 1) +
                    x * std::log(p) + (m - x) * std::log1p(-p));
  }
  return sum;
}

TEST(ClopperPearsonTest, BoundsLeaveHalfOfTheErrorOnEitherSide) {
  const struct {
    uint64_t successes, trials;
    double confidence;
  } rows[] = {{1, 10, 0.95}, {37, 400, 0.95}, {9981, 10000, 0.95}, {250, 1000, 0.99}};
  for (const auto& row : rows) {
    const ShareInterval interval = ClopperPearson(row.successes, row.trials, row.confidence);
    const double tail = (1 - row.confidence) / 2;
    EXPECT_NEAR(UpperTail(row.successes, row.trials, interval.lower), tail, 1e-8)
        << row.successes << " of " << row.trials;
    EXPECT_NEAR(1 - UpperTail(row.successes + 1, row.trials, interval.upper), tail, 1e-8)
        << row.successes << " of " << row.trials;
  }
}

TEST(ClopperPearsonTest, SaysNothingWithoutTrials) {
  EXPECT_EQ(ClopperPearson(0, 0, 0.95).lower, 0);
  EXPECT_EQ(ClopperPearson(0, 0, 0.95).upper, 1);
}

}  // namespace
}  // namespace provnet
