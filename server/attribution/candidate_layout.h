#ifndef PROVNET_SERVER_ATTRIBUTION_CANDIDATE_LAYOUT_H_
#define PROVNET_SERVER_ATTRIBUTION_CANDIDATE_LAYOUT_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace provnet {

// Which training sample a column of index-head logits stands for.
//
// PerClass: column p stands for the p-th sample (in ascending index) of the class in question, y;
// columns >= K_y stand for nothing. AllSamples: column i is sample i, whatever the class.
// Immutable, thread-safe; 4 bytes a sample.
class CandidateLayout {
 public:
  // `labels` are below `class_count`.
  static CandidateLayout PerClass(absl::Span<const uint32_t> labels, uint32_t class_count);
  static CandidateLayout AllSamples(uint64_t sample_count);

  // Columns that stand for a sample: K_y, or N. `class_id` is below class_count.
  uint64_t candidates(uint32_t class_id) const;
  // Largest number of candidates of any class: the least width of the logits.
  uint64_t max_candidates() const;
  // The sample of a column below candidates(class_id).
  uint64_t sample_index(uint32_t class_id, uint64_t column) const;

 private:
  uint64_t sample_count_ = 0;
  // Empty for AllSamples. The samples of class y are samples_[offsets_[y] .. offsets_[y + 1]).
  std::vector<uint64_t> offsets_;
  std::vector<uint32_t> samples_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_ATTRIBUTION_CANDIDATE_LAYOUT_H_
