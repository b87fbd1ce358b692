#include "server/kernels/row_scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace provnet {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

double LogSumExpOf(const std::vector<float>& values) {
  return LogSumExp(values.data(), static_cast<int64_t>(values.size()));
}

TEST(LogSumExpTest, CoversTheTableOfSpecialCases) {
  EXPECT_EQ(LogSumExpOf({}), -kInf);
  EXPECT_EQ(LogSumExpOf({3}), 3);
  EXPECT_EQ(LogSumExpOf({-kInf, -kInf}), -kInf);
  EXPECT_EQ(LogSumExpOf({-kInf, 2, -kInf}), 2);
  EXPECT_EQ(LogSumExpOf({1, kInf}), kInf);
  EXPECT_TRUE(std::isnan(LogSumExpOf({1, kNan, kInf})));
  // Far out of exp's range.
  EXPECT_NEAR(LogSumExpOf({-1000, -1000}), -1000 + std::log(2.0), 1e-6);
  EXPECT_NEAR(LogSumExpOf({1000, 1000}), 1000 + std::log(2.0), 1e-6);
  EXPECT_NEAR(LogSumExpOf({1000, -1000}), 1000, 1e-6);
  // One that is not finite behind a whole vector of others.
  std::vector<float> values(33, 1);
  values.back() = kNan;
  EXPECT_TRUE(std::isnan(LogSumExpOf(values)));
}

TEST(LogSumExpTest, EqualsTheSumInDoublePrecision) {
  std::mt19937 random(3);
  for (const double deviation : {0.01, 1.0, 20.0, 200.0}) {
    std::normal_distribution<float> value(0, static_cast<float>(deviation));
    for (const size_t size : {1, 2, 15, 16, 17, 100, 4096, 4097, 100000}) {
      std::vector<float> values(size);
      for (float& one : values) one = value(random);
      const double largest = *std::max_element(values.begin(), values.end());
      double sum = 0;
      for (const float one : values) sum += std::exp(one - largest);
      // The sum's relative error is the logarithm's absolute one.
      EXPECT_NEAR(LogSumExpOf(values), largest + std::log(sum), 1e-6)
          << size << " of deviation " << deviation;
    }
  }
}

// Whose roundings all go one way.
TEST(LogSumExpTest, AddsUpEqualValues) {
  for (const float value : {-0.0720619F, -1.1F, -0.3F}) {
    std::vector<float> values(100000, value);
    values.front() = 0;
    EXPECT_NEAR(LogSumExpOf(values), std::log(1 + 99999 * std::exp(double{value})), 1e-6) << value;
  }
}

TEST(NextAboveTest, FindsTheFirstLargerValue) {
  std::vector<float> values(100, 1);
  const auto next = [&](int64_t from, float bound) {
    return NextAbove(values.data(), from, static_cast<int64_t>(values.size()), bound);
  };
  EXPECT_EQ(next(0, 1), 100);
  EXPECT_EQ(next(0, 0.5F), 0);
  EXPECT_EQ(next(99, 0.5F), 99);
  EXPECT_EQ(next(100, 0.5F), 100);
  for (const int64_t at : {0, 1, 15, 16, 17, 98, 99}) {
    values[static_cast<size_t>(at)] = 2;
    EXPECT_EQ(next(0, 1), at);
    EXPECT_EQ(next(at, 1), at);
    EXPECT_EQ(next(at + 1, 1), 100);
    EXPECT_EQ(next(0, 2), 100);
    values[static_cast<size_t>(at)] = 1;
  }
  values[40] = kNan;
  EXPECT_EQ(next(0, 1), 100);
  values[50] = -kInf;
  EXPECT_EQ(next(0, -kInf), 0);
  EXPECT_EQ(next(50, -kInf), 51);
}

}  // namespace
}  // namespace provnet
