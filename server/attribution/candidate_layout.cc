#include "server/attribution/candidate_layout.h"

#include <algorithm>

namespace provnet {

CandidateLayout CandidateLayout::PerClass(absl::Span<const uint32_t> labels, uint32_t class_count) {
  CandidateLayout layout;
  layout.sample_count_ = labels.size();
  layout.offsets_.assign(class_count + 1, 0);
  for (uint32_t label : labels) ++layout.offsets_[label + 1];
  for (uint32_t y = 0; y < class_count; ++y) layout.offsets_[y + 1] += layout.offsets_[y];
  std::vector<uint64_t> next(layout.offsets_.begin(), layout.offsets_.end() - 1);
  layout.samples_.resize(labels.size());
  for (uint32_t i = 0; i < labels.size(); ++i) layout.samples_[next[labels[i]]++] = i;
  return layout;
}

CandidateLayout CandidateLayout::AllSamples(uint64_t sample_count) {
  CandidateLayout layout;
  layout.sample_count_ = sample_count;
  return layout;
}

uint64_t CandidateLayout::candidates(uint32_t class_id) const {
  return offsets_.empty() ? sample_count_ : offsets_[class_id + 1] - offsets_[class_id];
}

uint64_t CandidateLayout::max_candidates() const {
  if (offsets_.empty()) return sample_count_;
  uint64_t largest = 0;
  for (size_t y = 0; y + 1 < offsets_.size(); ++y)
    largest = std::max(largest, offsets_[y + 1] - offsets_[y]);
  return largest;
}

uint64_t CandidateLayout::sample_index(uint32_t class_id, uint64_t column) const {
  return offsets_.empty() ? column : samples_[offsets_[class_id] + column];
}

}  // namespace provnet
