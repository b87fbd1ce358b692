#ifndef PROVNET_TRAINER_FAITHFULNESS_REMOVAL_QUERIES_H_
#define PROVNET_TRAINER_FAITHFULNESS_REMOVAL_QUERIES_H_

#include <cstdint>
#include <vector>

#include "trainer/faithfulness/study_models.h"

namespace provnet {

// Chooses queries that leaving out a few samples could flip, though fitting anew does not: of the
// pool (what is asked from position `pool_begin` on), those whose true class every network of the
// ensemble predicts, and of these the `count` with the lowest mean margin. Positions in `asked`,
// lowest first; fewer than `count` if there are no more.
std::vector<uint64_t> ChooseRemovalQueries(const std::vector<ModelView>& ensemble,
                                           const std::vector<uint32_t>& asked_labels,
                                           uint64_t pool_begin, uint32_t count);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_REMOVAL_QUERIES_H_
