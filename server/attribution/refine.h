#ifndef PROVNET_SERVER_ATTRIBUTION_REFINE_H_
#define PROVNET_SERVER_ATTRIBUTION_REFINE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "server/attribution/top_k.h"

namespace provnet {

// Search in low precision finds candidates; their own order is settled by their exact logits.

// How many more than k are to be found for that: rounding moves a logit by about a thousandth of
// their spread, and the k-th is a hundredth of it or more ahead of the k+6-th even where samples
// are dense.
uint32_t RefinementSlack(uint32_t k);

// Puts exact[i] in the place of best[i].value, and keeps the best `keep` of them, in order.
// `log_sum_exp`, of the softmax denominator that was summed over rounded logits, is corrected by
// what has become known.
void Refine(absl::Span<const float> exact, size_t keep, std::vector<ScoredColumn>& best,
            float& log_sum_exp);

}  // namespace provnet

#endif  // PROVNET_SERVER_ATTRIBUTION_REFINE_H_
