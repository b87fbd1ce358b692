#include "trainer/audit/outlier_scores.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace provnet {
namespace {

constexpr double kSmallest = 1e-9;

// The value below which `share` of them lie; `values` is not empty.
double Quantile(std::vector<double> values, double share) {
  const auto at =
      values.begin() + static_cast<ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

double MeanDistance(std::span<const Neighbour> neighbours) {
  double sum = 0;
  for (const Neighbour& neighbour : neighbours) sum += neighbour.distance;
  return sum / static_cast<double>(neighbours.size());
}

}  // namespace

Outliers ScoreOutliers(const NeighbourLists& neighbours, std::span<const uint32_t> fold_of) {
  Outliers outliers;
  std::map<uint32_t, std::vector<double>> by_fold;
  for (size_t i = 0; i < neighbours.size(); ++i) {
    outliers.scores.push_back(MeanDistance(neighbours.of(i)));
    by_fold[fold_of[i]].push_back(outliers.scores.back());
  }
  std::map<uint32_t, double> medians;
  for (const auto& [fold, distances] : by_fold) medians[fold] = Quantile(distances, 0.5);
  for (size_t i = 0; i < outliers.scores.size(); ++i) {
    outliers.scores[i] =
        std::max(outliers.scores[i], kSmallest) / std::max(medians[fold_of[i]], kSmallest);
  }
  if (outliers.scores.empty()) return outliers;
  const double low = std::log(Quantile(outliers.scores, 0.25));
  const double high = std::log(Quantile(outliers.scores, 0.75));
  outliers.fence = std::exp(high + 1.5 * (high - low));
  return outliers;
}

}  // namespace provnet
