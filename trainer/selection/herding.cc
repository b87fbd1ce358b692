#include "trainer/selection/herding.h"

#include <cassert>
#include <cmath>
#include <limits>

namespace provnet {
namespace {

float Dot(std::span<const float> a, std::span<const float> b) {
  float sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// The candidates' rows, each of length 1 (or 0).
FloatMatrix Normalized(const FloatMatrix& features, std::span<const uint64_t> candidates) {
  FloatMatrix rows(candidates.size(), features.columns);
  for (size_t i = 0; i < candidates.size(); ++i) {
    const auto from = features.row(candidates[i]);
    const float length = std::sqrt(Dot(from, from));
    const float scale = length > 0 ? 1 / length : 0;
    for (size_t c = 0; c < from.size(); ++c) rows.row(i)[c] = from[c] * scale;
  }
  return rows;
}

std::vector<float> MeanOf(const FloatMatrix& rows) {
  std::vector<double> sum(rows.columns);
  for (size_t i = 0; i < rows.rows(); ++i) {
    for (size_t c = 0; c < rows.columns; ++c) sum[c] += rows.row(i)[c];
  }
  std::vector<float> mean;
  for (const double value : sum) {
    mean.push_back(static_cast<float>(value / static_cast<double>(rows.rows())));
  }
  return mean;
}

}  // namespace

std::vector<uint64_t> Herd(const FloatMatrix& features, std::span<const uint64_t> candidates,
                           uint64_t count) {
  assert(count <= candidates.size());
  const FloatMatrix rows = Normalized(features, candidates);
  const std::vector<float> mean = MeanOf(rows);
  std::vector<float> squares;
  for (size_t i = 0; i < rows.rows(); ++i) squares.push_back(Dot(rows.row(i), rows.row(i)));
  // k * mean - sum of the picks: |mean - (picks + row) / k| is least where |wanted - row| is.
  std::vector<float> wanted(rows.columns);
  std::vector<bool> taken(candidates.size());
  std::vector<uint64_t> picks;
  while (picks.size() < count) {
    for (size_t c = 0; c < wanted.size(); ++c) wanted[c] += mean[c];
    size_t best = 0;
    float best_distance = std::numeric_limits<float>::infinity();
    for (size_t i = 0; i < candidates.size(); ++i) {
      if (taken[i]) continue;
      // Less |wanted|^2, which all have in common.
      const float distance = squares[i] - 2 * Dot(rows.row(i), wanted);
      if (distance < best_distance) {
        best_distance = distance;
        best = i;
      }
    }
    taken[best] = true;
    picks.push_back(candidates[best]);
    for (size_t c = 0; c < wanted.size(); ++c) wanted[c] -= rows.row(best)[c];
  }
  return picks;
}

}  // namespace provnet
