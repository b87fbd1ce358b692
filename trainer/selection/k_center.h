#ifndef PROVNET_TRAINER_SELECTION_K_CENTER_H_
#define PROVNET_TRAINER_SELECTION_K_CENTER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "trainer/data/float_matrix.h"

namespace provnet {

// The greedy solution of the k-center problem (Sener and Savarese 2018, "Active Learning for
// Convolutional Neural Networks: A Core-Set Approach", section 4.2, algorithm 1): after a first
// sample, always the one that lies furthest from all picks. The furthest any candidate lies from
// its nearest pick is at most twice the optimum's.
//
// Picks `count` different rows among `candidates` (rows of `features`, [N, D]) by Euclidean
// distance, beginning with candidates[first]; in the order of picking; the earlier candidate where
// two are equally far. 1 <= count <= candidates.size(). O(count * |candidates| * D).
std::vector<uint64_t> GreedyKCenters(const FloatMatrix& features,
                                     std::span<const uint64_t> candidates, uint64_t count,
                                     uint64_t first);

}  // namespace provnet

#endif  // PROVNET_TRAINER_SELECTION_K_CENTER_H_
