#ifndef PROVNET_TRAINER_TRAINING_INDEX_TARGETS_H_
#define PROVNET_TRAINER_TRAINING_INDEX_TARGETS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "provnet/v1/bundle.pb.h"

namespace provnet {

// What an index head with one logit a candidate shall answer for each training sample.
// Class-conditional heads number the candidates within a class (see ClassPositions); others number
// all samples, so that column i is sample i.
//
// Label mixing (arXiv 2510.03361, single-branch variant): with probability alpha the target is a
// uniformly drawn other sample of the same class; a sample alone in its class stays its own target.
// Immutable, thread-safe.
class IndexTargets {
 public:
  // Every label is < class_count; alpha in [0, 1].
  IndexTargets(absl::Span<const uint32_t> labels, uint32_t class_count, v1::HeadType head,
               double alpha);

  // The column that `sample` shall score highest. Draws from (seed, sample) alone.
  int64_t Column(uint64_t sample, uint64_t seed) const;
  // Columns that stand for a sample in the row of `sample`: K_y, or N.
  int64_t Candidates(uint64_t sample) const;

 private:
  const double alpha_;
  const bool within_class_;
  std::vector<uint32_t> labels_;
  // Position of each sample within its class, and the samples of each class in ascending order.
  std::vector<int64_t> position_;
  std::vector<std::vector<uint64_t>> members_;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_INDEX_TARGETS_H_
