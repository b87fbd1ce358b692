#include "trainer/experiments/seed_statistics.h"

#include <gtest/gtest.h>

#include <vector>

namespace provnet {
namespace {

TEST(SeedStatistics, AreMeanAndSampleDeviation) {
  const std::vector<Figures> runs = {{{"a", 1}, {"b", 7}}, {{"a", 2}}, {{"a", 6}}};
  const SeedStatistics statistics = StatisticsOf(runs, "a");
  EXPECT_DOUBLE_EQ(statistics.mean, 3);
  // (4 + 1 + 9) / 2 = 7.
  EXPECT_DOUBLE_EQ(statistics.stddev * statistics.stddev, 7);
}

TEST(SeedStatistics, OfOneRunHaveNoDeviation) {
  const std::vector<double> one = {0.25};
  EXPECT_EQ(StatisticsOf(one).mean, 0.25);
  EXPECT_EQ(StatisticsOf(one).stddev, 0);
}

TEST(SeedStatistics, AreWrittenInPercent) {
  EXPECT_EQ(FormatPercent({.mean = 0.97314, .stddev = 0.0012}), "97.31 ± 0.12 %");
}

}  // namespace
}  // namespace provnet
