#include "trainer/audit/chance_threshold.h"

#include <algorithm>
#include <cmath>

namespace provnet {
namespace {

constexpr size_t kFewestSamples = 100;
constexpr int kMaxRounds = 20;

// The ratio below which the law through `low` and `high`, the ratios of these ranks, has one pair.
double FollowDown(double low, double high, size_t low_rank, size_t high_rank) {
  if (!(low > 0 && high > low)) return 0;
  const double pairs = std::log(static_cast<double>(high_rank) / static_cast<double>(low_rank));
  const double dimension = pairs / std::log(high / low);
  return low * std::pow(static_cast<double>(low_rank), -1 / dimension);
}

}  // namespace

double ChanceThreshold(std::span<const double> ratios, size_t count) {
  if (count < kFewestSamples || ratios.size() < 2 * count) return 0;
  // Many duplicates would bend the lower part of the law: start above them.
  double threshold = FollowDown(ratios[count / 2], ratios[count], count / 2, count);
  size_t below = 0;
  for (int round = 0; round < kMaxRounds; ++round) {
    threshold = std::min(threshold, kLargestChanceRatio);
    const auto end = std::lower_bound(ratios.begin(), ratios.end(), threshold);
    const size_t set_aside = static_cast<size_t>(end - ratios.begin());
    if (round > 0 && set_aside == below) break;
    below = set_aside;
    const size_t low = count / 20, high = count / 5;
    if (below + high >= ratios.size()) break;
    threshold = FollowDown(ratios[below + low], ratios[below + high], low, high);
  }
  return threshold;
}

}  // namespace provnet
