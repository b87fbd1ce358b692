#include "trainer/experiments/seed_statistics.h"

#include <cmath>
#include <vector>

#include "absl/strings/str_format.h"

namespace provnet {

SeedStatistics StatisticsOf(std::span<const double> values) {
  SeedStatistics statistics;
  const double count = static_cast<double>(values.size());
  for (double value : values) statistics.mean += value / count;
  if (values.size() < 2) return statistics;
  double squares = 0;
  for (double value : values) squares += (value - statistics.mean) * (value - statistics.mean);
  statistics.stddev = std::sqrt(squares / (count - 1));
  return statistics;
}

SeedStatistics StatisticsOf(std::span<const Figures> runs, const std::string& name) {
  std::vector<double> values;
  for (const Figures& figures : runs) values.push_back(figures.at(name));
  return StatisticsOf(values);
}

std::string FormatPercent(const SeedStatistics& share) {
  return absl::StrFormat("%.2f ± %.2f %%", share.mean * 100, share.stddev * 100);
}

}  // namespace provnet
