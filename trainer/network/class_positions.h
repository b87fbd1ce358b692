#ifndef PROVNET_TRAINER_NETWORK_CLASS_POSITIONS_H_
#define PROVNET_TRAINER_NETWORK_CLASS_POSITIONS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace provnet {

// How a class-conditional head numbers the training samples: position p of class y is the p-th
// sample, in ascending sample index, whose label is y.
struct ClassPositions {
  // Position of each sample within its class.
  std::vector<int64_t> position;
  // K_y by class id.
  std::vector<int64_t> class_sizes;

  // M, the largest class size; 0 without samples.
  int64_t max_class_size() const;
};

// Every label is < class_count.
ClassPositions NumberWithinClasses(absl::Span<const uint32_t> labels, uint32_t class_count);

}  // namespace provnet

#endif  // PROVNET_TRAINER_NETWORK_CLASS_POSITIONS_H_
