#ifndef PROVNET_TRAINER_AUDIT_OUTLIER_SCORES_H_
#define PROVNET_TRAINER_AUDIT_OUTLIER_SCORES_H_

#include <cstdint>
#include <span>
#include <vector>

#include "trainer/audit/nearest_rows.h"

namespace provnet {

struct Outliers {
  // By sample: the mean distance to its neighbours over the median of that in the sample's fold
  // (each fold's model measures on a scale of its own). About 1 for ordinary samples.
  std::vector<double> scores;
  // Scores above it are outlying: Tukey's fence on their logarithms, ln Q3 + 1.5 (ln Q3 - ln
  // Q1).
  double fence = 0;
};

// Fold numbers of samples are any small integers. O(n log n).
Outliers ScoreOutliers(const NeighbourLists& neighbours, std::span<const uint32_t> fold_of);

}  // namespace provnet

#endif  // PROVNET_TRAINER_AUDIT_OUTLIER_SCORES_H_
