#ifndef PROVNET_TRAINER_SELECTION_HARDEST_H_
#define PROVNET_TRAINER_SELECTION_HARDEST_H_

#include <cstdint>
#include <span>
#include <vector>

namespace provnet {

// The `count` candidates with the highest difficulty; candidates are positions in `difficulty`.
// Ties, which are many among forgetting events, are drawn from `seed`. In descending difficulty.
//
// With EL2N scores: Paul et al. 2021, "Deep Learning on a Data Diet", section 3. With forgetting
// events: Toneva et al. 2019, "An Empirical Study of Example Forgetting during Deep Neural Network
// Learning", section 5 (removing the unforgettable samples first). count <= candidates.size().
std::vector<uint64_t> Hardest(std::span<const float> difficulty,
                              std::span<const uint64_t> candidates, uint64_t count, uint64_t seed);

}  // namespace provnet

#endif  // PROVNET_TRAINER_SELECTION_HARDEST_H_
