#include "trainer/network/class_positions.h"

#include <algorithm>

namespace provnet {

int64_t ClassPositions::max_class_size() const {
  if (class_sizes.empty()) return 0;
  return *std::max_element(class_sizes.begin(), class_sizes.end());
}

ClassPositions NumberWithinClasses(absl::Span<const uint32_t> labels, uint32_t class_count) {
  ClassPositions positions;
  positions.class_sizes.assign(class_count, 0);
  positions.position.reserve(labels.size());
  for (uint32_t label : labels) positions.position.push_back(positions.class_sizes[label]++);
  return positions;
}

}  // namespace provnet
