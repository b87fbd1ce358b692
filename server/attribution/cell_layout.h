#ifndef PROVNET_SERVER_ATTRIBUTION_CELL_LAYOUT_H_
#define PROVNET_SERVER_ATTRIBUTION_CELL_LAYOUT_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace provnet {

// The samples of an index in the order of their cells, by position. Immutable, thread-safe; 4 bytes
// a sample.
class CellLayout {
 public:
  // cell_of[i] is the cell of sample i, below `cells`.
  CellLayout(absl::Span<const uint32_t> cell_of, uint32_t cells);

  uint32_t cells() const { return static_cast<uint32_t>(offsets_.size() - 1); }
  // Positions begin(c) .. begin(c + 1) - 1 are those of cell c; begin(cells()) is the number of
  // samples.
  int64_t begin(uint32_t cell) const { return offsets_[cell]; }
  int64_t size(uint32_t cell) const { return offsets_[cell + 1] - offsets_[cell]; }
  // The sample at each position; within a cell ascending.
  const std::vector<uint32_t>& samples() const { return samples_; }

 private:
  std::vector<int64_t> offsets_;
  std::vector<uint32_t> samples_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_ATTRIBUTION_CELL_LAYOUT_H_
