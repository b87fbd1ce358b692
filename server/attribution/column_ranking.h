#ifndef PROVNET_SERVER_ATTRIBUTION_COLUMN_RANKING_H_
#define PROVNET_SERVER_ATTRIBUTION_COLUMN_RANKING_H_

#include <ATen/Tensor.h>

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "server/attribution/top_k.h"

namespace provnet {

// The best columns of each row, best first, and the logarithm of its softmax denominator.
struct RankedColumns {
  std::vector<std::vector<ScoredColumn>> best;
  std::vector<float> log_sum_exp;
};

// Ranks rows of logits that come in blocks of columns, so that nobody has to hold all N of them.
// Row b has candidates[b] columns; those beyond stand for nothing. Thread-compatible.
class ColumnRanking {
 public:
  // At most top_k[b] columns of row b are kept. Both have an entry a row.
  ColumnRanking(absl::Span<const uint64_t> candidates, absl::Span<const uint32_t> top_k);

  // Columns first, first + 1, ..., in ascending order from block to block: float32 [B,n], on any
  // device. Throws what LibTorch throws, also where B is another.
  void Add(int64_t first, const at::Tensor& logits);

  // What Add does where they are not in host memory: by LibTorch's operators, so that only the best
  // leave the device. Equal logits come in any order.
  void AddOnDevice(int64_t first, const at::Tensor& logits);

  // Call once. A row without candidates has no best column and a denominator of zero.
  RankedColumns Finish();

 private:
  void CheckRows(const at::Tensor& logits) const;
  // Columns of a block of `columns` from `first` on that stand for something.
  int64_t Candidates(size_t row, int64_t first, int64_t columns) const;

  const std::vector<uint64_t> candidates_;
  std::vector<LargestColumns> best_;
  // Of what was added so far; in double precision, since there may be a thousand blocks.
  std::vector<double> log_sum_exp_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_ATTRIBUTION_COLUMN_RANKING_H_
