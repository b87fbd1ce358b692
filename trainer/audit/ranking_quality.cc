#include "trainer/audit/ranking_quality.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace provnet {

std::vector<uint64_t> RankDescending(std::span<const double> scores) {
  std::vector<uint64_t> order(scores.size());
  std::iota(order.begin(), order.end(), uint64_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](uint64_t a, uint64_t b) { return scores[a] > scores[b]; });
  return order;
}

double AreaUnderRoc(std::span<const double> scores, const std::vector<bool>& sought) {
  const std::vector<uint64_t> order = RankDescending(scores);
  // Pairs (sought, other) in the right order, ties half; `above` counts the sought items seen.
  double won = 0, above = 0;
  for (size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    double tied_sought = 0, tied_others = 0;
    for (; end < order.size() && scores[order[end]] == scores[order[begin]]; ++end) {
      (sought[order[end]] ? tied_sought : tied_others) += 1;
    }
    won += tied_others * (above + tied_sought / 2);
    above += tied_sought;
  }
  const double others = static_cast<double>(order.size()) - above;
  return above > 0 && others > 0 ? won / (above * others) : 0.5;
}

double FoundInFirst(double share, std::span<const double> scores, const std::vector<bool>& sought) {
  const auto total = std::count(sought.begin(), sought.end(), true);
  if (total == 0) return 0;
  const std::vector<uint64_t> order = RankDescending(scores);
  const auto inspected =
      static_cast<ptrdiff_t>(std::lround(share * static_cast<double>(order.size())));
  const auto found = std::count_if(order.begin(), order.begin() + inspected,
                                   [&](uint64_t i) { return sought[i]; });
  return static_cast<double>(found) / static_cast<double>(total);
}

}  // namespace provnet
