#include "trainer/faithfulness/half_subsets.h"

#include <algorithm>
#include <numeric>

#include "trainer/data/random.h"

namespace provnet {

std::vector<std::vector<uint64_t>> RandomHalves(uint64_t n, uint32_t count, uint64_t seed) {
  std::vector<std::vector<uint64_t>> halves(count);
  for (uint32_t i = 0; i < count; ++i) {
    std::vector<uint64_t>& half = halves[i];
    half.resize(n);
    std::iota(half.begin(), half.end(), uint64_t{0});
    Rng rng(MixSeed(seed, i));
    rng.Shuffle(half);
    half.resize(n / 2);
    std::sort(half.begin(), half.end());
  }
  return halves;
}

}  // namespace provnet
