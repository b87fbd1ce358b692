#ifndef PROVNET_TRAINER_AUDIT_NEAREST_ROWS_H_
#define PROVNET_TRAINER_AUDIT_NEAREST_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "trainer/data/float_matrix.h"
#include "trainer/training/stop_signal.h"

namespace provnet {

struct Neighbour {
  uint32_t row = 0;
  // Euclidean.
  float distance = 0;
};

// k neighbours of each of n queries, nearest first; ties in ascending row. A value.
struct NeighbourLists {
  size_t k = 0;
  std::vector<Neighbour> entries;

  size_t size() const { return k == 0 ? 0 : entries.size() / k; }
  std::span<const Neighbour> of(size_t query) const { return {entries.data() + query * k, k}; }
  std::span<Neighbour> of(size_t query) { return {entries.data() + query * k, k}; }
};

struct SearchOptions {
  // At least 1; fewer come back when there are fewer candidates.
  size_t k = 10;
  // Queries and candidates are the same rows, and a row is no neighbour of its own.
  bool exclude_self = false;
  int threads = 1;
};

// The nearest rows of `candidates` [m, d] for each row of `queries` [n, d], exactly, by Euclidean
// distance: O(n m d), as blocks of one matrix product, so at the rate of the processor's GEMM;
// O(block * m) memory beside the arguments. Unit rows are ordered as by cosine, which is 1 -
// distance^2 / 2. m < 2^32. CANCELLED when asked to stop.
absl::StatusOr<NeighbourLists> FindNearestRows(const FloatMatrix& queries,
                                               const FloatMatrix& candidates,
                                               const SearchOptions& options,
                                               const StopCondition& stop_requested);

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_NEAREST_ROWS_H_
