#include "server/attribution/cell_layout.h"

#include <numeric>

namespace provnet {

CellLayout::CellLayout(absl::Span<const uint32_t> cell_of, uint32_t cells)
    : offsets_(size_t{cells} + 1, 0), samples_(cell_of.size()) {
  for (const uint32_t cell : cell_of) ++offsets_[cell + 1];
  std::partial_sum(offsets_.begin(), offsets_.end(), offsets_.begin());
  std::vector<int64_t> next = offsets_;
  for (uint32_t i = 0; i < cell_of.size(); ++i) {
    samples_[static_cast<size_t>(next[cell_of[i]]++)] = i;
  }
}

}  // namespace provnet
