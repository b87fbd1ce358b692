#include "server/attribution/top_k.h"

#include <algorithm>
#include <cmath>

namespace provnet {

// As a heap's "less" it puts the worst result on top.
bool RanksBefore(const ScoredColumn& a, const ScoredColumn& b) {
  const bool a_nan = std::isnan(a.value);
  const bool b_nan = std::isnan(b.value);
  if (a_nan != b_nan) return b_nan;
  if (!a_nan && a.value != b.value) return a.value > b.value;
  return a.column < b.column;
}

std::vector<ScoredColumn> TopK(absl::Span<const float> values, size_t k) {
  k = std::min(k, values.size());
  std::vector<ScoredColumn> best;
  if (k == 0) return best;
  best.reserve(k);
  for (size_t i = 0; i < k; ++i) best.push_back({i, values[i]});
  std::make_heap(best.begin(), best.end(), RanksBefore);
  for (size_t i = k; i < values.size(); ++i) {
    // Later columns lose ties, so only a larger value (or a number against NaN) can enter: one
    // comparison in the common case, which is what makes the pass run at memory speed.
    const float worst = best.front().value;
    if (!(values[i] > worst) && !(std::isnan(worst) && !std::isnan(values[i]))) continue;
    std::pop_heap(best.begin(), best.end(), RanksBefore);
    best.back() = {i, values[i]};
    std::push_heap(best.begin(), best.end(), RanksBefore);
  }
  std::sort_heap(best.begin(), best.end(), RanksBefore);
  return best;
}

}  // namespace provnet
