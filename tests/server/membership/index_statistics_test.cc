#include "server/membership/index_statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace provnet {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// Each statistic by its definition, in double.
struct Expected {
  double negative_entropy = 0;
  double log_max_probability = 0;
  double max_logit = 0;
  double margin = 0;
};

Expected ByDefinition(std::vector<float> logits) {
  std::sort(logits.begin(), logits.end(), std::greater<>());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(static_cast<double>(logit) - logits[0]);
  Expected expected;
  for (const float logit : logits) {
    const double p = std::exp(static_cast<double>(logit) - logits[0]) / sum;
    if (p > 0) expected.negative_entropy += p * std::log(p);
  }
  expected.log_max_probability = -std::log(sum);
  expected.max_logit = logits[0];
  expected.margin = static_cast<double>(logits[0]) - logits[1];
  return expected;
}

void ExpectNear(const LogitSummary& summary, const Expected& expected) {
  const IndexStatistics statistics = summary.statistics();
  EXPECT_NEAR(statistics.negative_entropy, expected.negative_entropy, 1e-5);
  EXPECT_NEAR(statistics.log_max_probability, expected.log_max_probability, 1e-5);
  EXPECT_NEAR(statistics.max_logit, expected.max_logit, 1e-6);
  EXPECT_NEAR(statistics.margin, expected.margin, 1e-6);
  EXPECT_NEAR(summary.best_probability(), std::exp(expected.log_max_probability), 1e-6);
}

LogitSummary SummaryOf(const std::vector<float>& logits) {
  LogitSummary summary;
  summary.Add(0, logits);
  return summary;
}

TEST(LogitSummaryTest, HasTheValuesOfAHandComputedRow) {
  // p = 1/2, 1/4, 1/4.
  const LogitSummary summary = SummaryOf({std::log(2.0F), 0, 0});
  ExpectNear(summary, {-1.5 * std::log(2.0), -std::log(2.0), std::log(2.0), std::log(2.0)});
  EXPECT_EQ(summary.best_column(), 0U);
}

TEST(LogitSummaryTest, EqualsTheDefinitionsHoweverTheRowIsCutIntoBlocks) {
  std::mt19937 random(7);
  for (const float spread : {0.1F, 3.0F, 30.0F, 300.0F}) {
    std::normal_distribution<float> normal(-5, spread);
    std::vector<float> logits(1000);
    for (float& logit : logits) logit = normal(random);
    for (const size_t block : {1, 7, 256, 1000}) {
      LogitSummary summary;
      for (size_t first = 0; first < logits.size(); first += block) {
        summary.Add(first, absl::MakeConstSpan(logits).subspan(first, block));
      }
      ExpectNear(summary, ByDefinition(logits));
      EXPECT_EQ(summary.best_column(),
                std::max_element(logits.begin(), logits.end()) - logits.begin());
    }
  }
}

TEST(LogitSummaryTest, PrefersTheFirstOfEqualLogits) {
  const LogitSummary summary = SummaryOf({1, 4, 4, 2});
  EXPECT_EQ(summary.best_column(), 1U);
  EXPECT_EQ(summary.statistics().margin, 0);
}

TEST(LogitSummaryTest, ExcludedColumnsDoNotCount) {
  LogitSummary summary = SummaryOf({-kInfinity, 1, 0.5F});
  summary.Add(3, {-kInfinity});
  ExpectNear(summary, ByDefinition({1, 0.5F}));
}

TEST(LogitSummaryTest, OneCandidateTakesAll) {
  const LogitSummary summary = SummaryOf({-3});
  EXPECT_EQ(summary.statistics().negative_entropy, 0);
  EXPECT_EQ(summary.best_probability(), 1);
  EXPECT_EQ(summary.statistics().margin, kInfinity);
}

TEST(LogitSummaryTest, ALogitThatIsNotFiniteSpoilsEveryStatistic) {
  for (const std::vector<float>& logits :
       {std::vector<float>{1, kNaN, 2}, {kNaN, 1, 2}, {1, kInfinity}, {kInfinity, 1}, {kNaN}}) {
    const IndexStatistics statistics = SummaryOf(logits).statistics();
    for (const float value : {statistics.negative_entropy, statistics.log_max_probability,
                              statistics.max_logit, statistics.margin}) {
      EXPECT_TRUE(std::isnan(value)) << value;
    }
  }
}

TEST(LogitSummaryTest, HasNoBestColumnWithoutLogits) {
  EXPECT_FALSE(LogitSummary().best_column().has_value());
}

TEST(StatisticValueTest, PicksTheStatisticThatIsNamed) {
  const IndexStatistics statistics{1, 2, 3, 4};
  EXPECT_EQ(StatisticValue(statistics, v1::MEMBERSHIP_STATISTIC_NEGATIVE_ENTROPY), 1);
  EXPECT_EQ(StatisticValue(statistics, v1::MEMBERSHIP_STATISTIC_LOG_MAX_PROBABILITY), 2);
  EXPECT_EQ(StatisticValue(statistics, v1::MEMBERSHIP_STATISTIC_MAX_LOGIT), 3);
  EXPECT_EQ(StatisticValue(statistics, v1::MEMBERSHIP_STATISTIC_MARGIN), 4);
}

}  // namespace
}  // namespace provnet
