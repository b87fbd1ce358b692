#include "trainer/selection/k_center.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace provnet {
namespace {

float SquaredDistance(std::span<const float> a, std::span<const float> b) {
  float sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

}  // namespace

std::vector<uint64_t> GreedyKCenters(const FloatMatrix& features,
                                     std::span<const uint64_t> candidates, uint64_t count,
                                     uint64_t first) {
  assert(count >= 1 && count <= candidates.size() && first < candidates.size());
  // Of each candidate to its nearest pick; -1 for the picks, so that copies of them come last.
  std::vector<float> nearest(candidates.size(), std::numeric_limits<float>::infinity());
  std::vector<uint64_t> picks;
  uint64_t pick = first;
  while (true) {
    picks.push_back(candidates[pick]);
    nearest[pick] = -1;
    if (picks.size() == count) return picks;
    for (size_t i = 0; i < candidates.size(); ++i) {
      if (nearest[i] < 0) continue;
      nearest[i] = std::min(
          nearest[i], SquaredDistance(features.row(candidates[i]), features.row(candidates[pick])));
    }
    pick =
        static_cast<uint64_t>(std::max_element(nearest.begin(), nearest.end()) - nearest.begin());
  }
}

}  // namespace provnet
