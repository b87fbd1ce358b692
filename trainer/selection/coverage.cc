#include "trainer/selection/coverage.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "trainer/data/random.h"
#include "trainer/selection/hardest.h"

namespace provnet {
namespace {

// `sorted` by descending difficulty and not empty.
std::vector<std::vector<uint64_t>> CutIntoStrata(std::span<const float> difficulty,
                                                 std::span<const uint64_t> sorted, uint32_t count) {
  const double low = difficulty[sorted.back()], high = difficulty[sorted.front()];
  const double width = (high - low) / count;
  std::vector<std::vector<uint64_t>> strata(count);
  for (const uint64_t position : sorted) {
    const double at = width > 0 ? (difficulty[position] - low) / width : 0;
    strata[std::min<size_t>(static_cast<size_t>(at), count - 1)].push_back(position);
  }
  strata.erase(std::remove_if(strata.begin(), strata.end(), [](auto& s) { return s.empty(); }),
               strata.end());
  return strata;
}

}  // namespace

std::vector<uint64_t> CoverDifficulty(std::span<const float> difficulty,
                                      std::span<const uint64_t> candidates, uint64_t count,
                                      uint64_t seed, const CoverageOptions& options) {
  assert(count <= candidates.size());
  if (count == 0) return {};
  std::vector<uint64_t> sorted = Hardest(difficulty, candidates, candidates.size(), seed);
  const auto cut = std::min<uint64_t>(
      candidates.size() - count,
      static_cast<uint64_t>(std::floor(options.hard_cutoff * static_cast<double>(sorted.size()))));
  const std::span<const uint64_t> kept = std::span<const uint64_t>(sorted).subspan(cut);
  auto strata = CutIntoStrata(difficulty, kept, options.strata);
  std::stable_sort(strata.begin(), strata.end(),
                   [](const auto& a, const auto& b) { return a.size() < b.size(); });
  std::vector<uint64_t> picks;
  for (size_t s = 0; s < strata.size(); ++s) {
    std::vector<uint64_t>& stratum = strata[s];
    // Rounded up only in the last one, where nothing is left to divide.
    const uint64_t share =
        std::min<uint64_t>((count - picks.size()) / (strata.size() - s), stratum.size());
    Rng(MixSeed(seed, s)).Shuffle(stratum);
    picks.insert(picks.end(), stratum.begin(),
                 stratum.begin() + static_cast<std::ptrdiff_t>(share));
  }
  std::sort(picks.begin(), picks.end());
  return picks;
}

}  // namespace provnet
