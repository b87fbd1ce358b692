#ifndef PROVNET_TRAINER_SELECTION_HERDING_H_
#define PROVNET_TRAINER_SELECTION_HERDING_H_

#include <cstdint>
#include <span>
#include <vector>

#include "trainer/data/float_matrix.h"

namespace provnet {

// Herding (Welling 2009, "Herding Dynamical Weights to Learn", section 2), in the form that picks
// exemplars of one class: Rebuffi et al. 2017, "iCaRL", algorithm 4. The k-th pick is the sample
// that brings the mean of the k picks closest to the mean of all candidates, so every beginning of
// the sequence represents the class. Features are scaled to length 1 first, as there.
//
// Picks `count` different rows among `candidates` (rows of `features`, [N, D]); returned in the
// order of picking; the earlier candidate where two are equally good. count <= candidates.size().
// O(count * |candidates| * D).
std::vector<uint64_t> Herd(const FloatMatrix& features, std::span<const uint64_t> candidates,
                           uint64_t count);

}  // namespace provnet

#endif  // PROVNET_TRAINER_SELECTION_HERDING_H_
