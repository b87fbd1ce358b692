#ifndef PROVNET_SERVER_ATTRIBUTION_TOP_K_H_
#define PROVNET_SERVER_ATTRIBUTION_TOP_K_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace provnet {

struct ScoredColumn {
  uint64_t column = 0;
  float value = 0;
};

// The order of results: larger values first, equal ones in ascending column, NaN last.
bool RanksBefore(const ScoredColumn& a, const ScoredColumn& b);

// The min(k, values.size()) largest values, largest first; equal values in ascending column. NaN is
// never chosen before a number. One pass with a heap of k: O(n + m log k) for m values that enter
// the heap, O(k) memory.
std::vector<ScoredColumn> TopK(absl::Span<const float> values, size_t k);

}  // namespace provnet

#endif  // PROVNET_SERVER_ATTRIBUTION_TOP_K_H_
