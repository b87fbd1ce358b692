#ifndef PROVNET_TRAINER_FAITHFULNESS_HALF_SUBSETS_H_
#define PROVNET_TRAINER_FAITHFULNESS_HALF_SUBSETS_H_

#include <cstdint>
#include <vector>

namespace provnet {

// `count` independent uniform subsets of floor(n / 2) of the samples 0 .. n-1, each in ascending
// order. The first k subsets are the same whatever `count` is, so a study can grow.
std::vector<std::vector<uint64_t>> RandomHalves(uint64_t n, uint32_t count, uint64_t seed);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_HALF_SUBSETS_H_
