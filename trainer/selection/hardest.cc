#include "trainer/selection/hardest.h"

#include <algorithm>
#include <cassert>

#include "trainer/data/random.h"

namespace provnet {

std::vector<uint64_t> Hardest(std::span<const float> difficulty,
                              std::span<const uint64_t> candidates, uint64_t count, uint64_t seed) {
  assert(count <= candidates.size());
  std::vector<uint64_t> order(candidates.begin(), candidates.end());
  Rng(seed).Shuffle(order);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint64_t a, uint64_t b) { return difficulty[a] > difficulty[b]; });
  order.resize(count);
  return order;
}

}  // namespace provnet
