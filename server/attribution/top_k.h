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

// The largest values of columns that come in blocks. O(n + m log k) for m values that enter its
// heap, O(k) memory. Thread-compatible.
class LargestColumns {
 public:
  // Keeps `limit` of them at most.
  explicit LargestColumns(size_t limit) : limit_(limit) {}

  size_t limit() const { return limit_; }

  // Columns first, first + 1, ...; all columns that were added before are lower.
  void Add(uint64_t first, absl::Span<const float> values);
  // Any column, once.
  void Add(const ScoredColumn& column);

  // The largest, in the order of results. Call once.
  std::vector<ScoredColumn> Take();

 private:
  void Replace(const ScoredColumn& column);

  size_t limit_;
  // A heap with the worst on top, once it is full.
  std::vector<ScoredColumn> heap_;
};

// The min(k, values.size()) largest values, largest first; equal values in ascending column. NaN is
// never chosen before a number.
std::vector<ScoredColumn> TopK(absl::Span<const float> values, size_t k);

}  // namespace provnet

#endif  // PROVNET_SERVER_ATTRIBUTION_TOP_K_H_
