#ifndef PROVNET_SERVER_ATTRIBUTION_CELL_SEARCH_H_
#define PROVNET_SERVER_ATTRIBUTION_CELL_SEARCH_H_

#include <torch/script.h>

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "server/attribution/cell_layout.h"
#include "server/attribution/row_matrix.h"
#include "server/attribution/top_k.h"

namespace provnet {

// A partition of sample vectors into cells, each around a centroid.
struct Cells {
  // float32 [L,d], unit vectors.
  at::Tensor centroids;
  // [N], each below L.
  std::vector<uint32_t> cell_of;
};

// What a search found for one query.
struct FoundSamples {
  // Samples (as `column`) by logit, best first.
  std::vector<ScoredColumn> best;
  // Logarithm of the sum of exp(logit) over all N samples, an estimate.
  float log_sum_exp = 0;
};

// Approximate search for the largest logits, scale * <query, row>: an inverted file. A query is
// compared with the centroids, and then with the samples of the nearest `probes` cells alone
// (Sivic & Zisserman, ICCV 2003; as IVF in Jegou et al., TPAMI 2011). Cells hold a few hundred
// samples whatever N, so ten times the samples cost ten times the centroids and nothing more.
//
// The softmax denominator sums the samples that were read, and estimates the others by a fixed
// sample of every N/2048-th position (Mussmann & Ermon, ICML 2016, sec. 3: the largest exactly, the
// tail by sampling).
//
// On the CPU. Holds the rows in the order of their cells, as RowMatrix does, and 4 bytes a sample.
// Thread-safe.
class CellSearch {
 public:
  // `rows` float32 [N,d], N >= 1. Throws c10::Error for cells that do not fit them: call through
  // TryTorch.
  CellSearch(const at::Tensor& rows, const Cells& cells, uint32_t probes, Precision precision,
             float scale);

  // queries float32 [B,d]; top_k has B entries, each at least 1. Entry b of the result has
  // min(top_k[b], N) samples; equal logits in ascending sample index among those found. For more
  // than ten a query reads as many more cells. Throws what LibTorch throws.
  std::vector<FoundSamples> Search(const at::Tensor& queries,
                                   absl::Span<const uint32_t> top_k) const;

  // All logits, float32 [B,N], in sample order: the exact search, for comparison.
  at::Tensor AllLogits(const at::Tensor& queries) const;

  int64_t size() const { return rows_.rows(); }

 private:
  // One query on its way through a batch's products.
  struct Query;
  // The cells that a query reads, ascending.
  std::vector<uint32_t> ChooseCells(absl::Span<const float> nearness, uint32_t k) const;
  FoundSamples SearchOne(const Query& query) const;

  const CellLayout layout_;
  const uint32_t probes_;
  const float scale_;
  const RowMatrix centroids_;
  // In the order of layout_.
  const RowMatrix rows_;
  // Positions of the sample that stands for what was not read, ascending, and their rows.
  const std::vector<int64_t> tail_positions_;
  const RowMatrix tail_;
  // int64 [N]: the position of each sample.
  const at::Tensor position_of_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_ATTRIBUTION_CELL_SEARCH_H_
