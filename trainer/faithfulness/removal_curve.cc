#include "trainer/faithfulness/removal_curve.h"

#include <cmath>
#include <numeric>

namespace provnet {
namespace {

double Mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double StandardError(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const double mean = Mean(values);
  double squares = 0;
  for (double value : values) squares += (value - mean) * (value - mean);
  const auto n = static_cast<double>(values.size());
  return std::sqrt(squares / (n - 1) / n);
}

// The smallest of `sizes` that flipped a query.
absl::optional<uint64_t> SmallestFlip(const std::vector<uint64_t>& sizes,
                                      const RemovalBaseline& baseline,
                                      const std::vector<Consensus>& consensus) {
  for (size_t k = 0; k < sizes.size(); ++k) {
    if (consensus[k].predicted != baseline.predicted) return sizes[k];
  }
  return absl::nullopt;
}

}  // namespace

RemovalCurve CurveOf(const std::string& method, const std::vector<uint64_t>& sizes,
                     const std::vector<RemovalBaseline>& baselines,
                     const std::vector<std::vector<Consensus>>& consensus) {
  RemovalCurve curve;
  curve.method = method;
  for (size_t k = 0; k < sizes.size(); ++k) {
    std::vector<double> flips, drops;
    for (size_t q = 0; q < consensus.size(); ++q) {
      flips.push_back(consensus[q][k].predicted != baselines[q].predicted ? 1 : 0);
      drops.push_back(baselines[q].margin - consensus[q][k].margin);
    }
    curve.flip_rates.push_back(Mean(flips));
    curve.margin_drops.push_back(Mean(drops));
    curve.margin_drop_errors.push_back(StandardError(drops));
  }
  for (size_t q = 0; q < consensus.size(); ++q) {
    curve.smallest_flips.push_back(SmallestFlip(sizes, baselines[q], consensus[q]));
  }
  return curve;
}

}  // namespace provnet
