#include "server/attribution/refine.h"

#include <algorithm>
#include <cmath>

namespace provnet {

uint32_t RefinementSlack(uint32_t k) { return 6 + k / 4; }

void Refine(absl::Span<const float> exact, size_t keep, std::vector<ScoredColumn>& best,
            float& log_sum_exp) {
  // The softmax denominator in units of what was taken for it.
  double denominator = 1;
  for (size_t i = 0; i < best.size(); ++i) {
    denominator +=
        std::exp(double{exact[i]} - log_sum_exp) - std::exp(double{best[i].value} - log_sum_exp);
    best[i].value = exact[i];
  }
  // Also false for NaN.
  if (denominator > 0) log_sum_exp += static_cast<float>(std::log(denominator));
  std::sort(best.begin(), best.end(), RanksBefore);
  best.resize(std::min(best.size(), keep));
}

}  // namespace provnet
