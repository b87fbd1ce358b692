#include "server/attribution/top_k.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "server/kernels/row_scan.h"

namespace provnet {

// As a heap's "less" it puts the worst result on top.
bool RanksBefore(const ScoredColumn& a, const ScoredColumn& b) {
  const bool a_nan = std::isnan(a.value);
  const bool b_nan = std::isnan(b.value);
  if (a_nan != b_nan) return b_nan;
  if (!a_nan && a.value != b.value) return a.value > b.value;
  return a.column < b.column;
}

void LargestColumns::Add(uint64_t first, absl::Span<const float> values) {
  size_t i = 0;
  for (; i < values.size() && heap_.size() < limit_; ++i) Add({first + i, values[i]});
  if (limit_ == 0) return;
  while (i < values.size()) {
    // Later columns lose ties, so only a larger value (or a number against NaN) can enter: one
    // comparison in the common case, which is what makes the pass run at memory speed.
    const float worst = heap_.front().value;
    if (!std::isnan(worst)) {
      i = static_cast<size_t>(NextAbove(values.data(), static_cast<int64_t>(i),
                                        static_cast<int64_t>(values.size()), worst));
    }
    if (i < values.size() && !std::isnan(values[i])) Replace({first + i, values[i]});
    ++i;
  }
}

void LargestColumns::Add(const ScoredColumn& column) {
  if (heap_.size() < limit_) {
    heap_.push_back(column);
    if (heap_.size() == limit_) std::make_heap(heap_.begin(), heap_.end(), RanksBefore);
  } else if (limit_ > 0 && RanksBefore(column, heap_.front())) {
    Replace(column);
  }
}

void LargestColumns::Replace(const ScoredColumn& column) {
  std::pop_heap(heap_.begin(), heap_.end(), RanksBefore);
  heap_.back() = column;
  std::push_heap(heap_.begin(), heap_.end(), RanksBefore);
}

std::vector<ScoredColumn> LargestColumns::Take() {
  std::sort(heap_.begin(), heap_.end(), RanksBefore);
  return std::move(heap_);
}

std::vector<ScoredColumn> TopK(absl::Span<const float> values, size_t k) {
  LargestColumns largest(std::min(k, values.size()));
  largest.Add(0, values);
  return largest.Take();
}

}  // namespace provnet
