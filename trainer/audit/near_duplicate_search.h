#ifndef PROVNET_TRAINER_AUDIT_NEAR_DUPLICATE_SEARCH_H_
#define PROVNET_TRAINER_AUDIT_NEAR_DUPLICATE_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "trainer/data/dataset.h"
#include "trainer/training/stop_signal.h"

namespace provnet {

struct NearDuplicateOptions {
  // Images with which each one is compared, in each of three turns; at least 2. A group of more
  // near duplicates than that has no other neighbours to be measured against, and goes unnoticed.
  size_t candidates = 12;
  int threads = 1;
};

// Two images that are much closer than images of this data set are to their neighbours.
struct NearDuplicatePair {
  // first < second.
  uint32_t first = 0;
  uint32_t second = 0;
  // Registration's.
  double distance = 0;
  // `distance` over the distance to the farthest candidate, of that image whose is shorter.
  double ratio = 0;
};

struct NearDuplicates {
  // Those with ratios below `threshold`, in ascending order of ratio.
  std::vector<NearDuplicatePair> pairs;
  // ChanceThreshold of all pairs' ratios.
  double threshold = 0;
};

// Finds images that are shifted, slightly turned, brighter, darker or noisy copies of others.
// Candidates come from the blurred pixels, and are then registered on each other; labels play no
// part. Exact duplicates should be reduced to one image each: they would fill up the candidates.
// O(n^2) for the candidates, at the rate of the processor's GEMM and with at most 256 numbers a
// channel and image; O(n) registrations. About 4 KiB of memory a channel and image. CANCELLED when
// asked to stop.
absl::StatusOr<NearDuplicates> FindNearDuplicates(const Dataset& data,
                                                  const NearDuplicateOptions& options,
                                                  const StopCondition& stop_requested);

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_NEAR_DUPLICATE_SEARCH_H_
