#ifndef PROVNET_SERVER_ATTRIBUTION_INDEX_HEAD_H_
#define PROVNET_SERVER_ATTRIBUTION_INDEX_HEAD_H_

#include <torch/script.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/attribution/candidate_layout.h"
#include "server/attribution/top_k.h"
#include "server/membership/index_statistics.h"

namespace provnet {

struct RankedSample {
  uint64_t sample_index = 0;
  // Softmax probability over the row's candidates; NaN when the head's output was not finite.
  float score = 0;
};

// How sure the head is of one row, and of which sample most.
struct MeasuredRow {
  IndexStatistics statistics;
  // As Rank's first; none when the class has no candidate, or no logit is finite.
  std::optional<RankedSample> nearest;
};

// Names the training samples that support a prediction: top-k over the columns of a matrix of
// logits. Thread-safe.
class IndexHead {
 public:
  virtual ~IndexHead() = default;

  // Training samples that the head can name for that class; `class_id` is one of the classes.
  uint64_t candidates(uint32_t class_id) const { return layout_.candidates(class_id); }

  // `features` float32 [B,D] and `class_ids` int64 [B] (the predicted classes) are on the head's
  // device; top_k has B entries, each at least 1. Entry b of the result holds min(top_k[b],
  // candidates of the class) samples, best first, equal logits in ascending sample index (on CUDA
  // in any order).
  virtual absl::StatusOr<std::vector<std::vector<RankedSample>>> Rank(
      const at::Tensor& features, const at::Tensor& class_ids,
      absl::Span<const uint32_t> top_k) const;

  // Sums up all logits of each row, over the candidates of its class in `class_ids` (here the ones
  // to be asked about, not necessarily predicted). Entry b belongs to row b.
  absl::StatusOr<std::vector<MeasuredRow>> Measure(const at::Tensor& features,
                                                   const at::Tensor& class_ids) const;

 protected:
  // Is handed float32 [B,n], the logits of columns first .. first + n - 1.
  using BlockVisitor = absl::FunctionRef<void(int64_t first, const at::Tensor& logits)>;

  explicit IndexHead(CandidateLayout layout) : layout_(std::move(layout)) {}

  // Visits the columns of all candidates in blocks, in their order; there may be more columns than
  // candidates. Turns what the visitor throws into a status. Returns the queries that the logits
  // came from where they are rounded, for ExactLogits; else an undefined tensor.
  virtual absl::StatusOr<at::Tensor> VisitLogits(const at::Tensor& features,
                                                 const at::Tensor& class_ids,
                                                 BlockVisitor visit) const = 0;
  int64_t columns() const { return static_cast<int64_t>(layout_.max_candidates()); }

  // Whether the logits are rounded, and the order of the best is settled by exact ones.
  virtual bool rounds() const { return false; }
  // The logits of some `columns` (int64 [n], in host memory) for one of VisitLogits' queries,
  // float32 [n], not rounded. Throws what LibTorch throws. Called only for heads that round.
  virtual at::Tensor ExactLogits(const at::Tensor& query, const at::Tensor& columns) const;

 private:
  // Settles the order of what a search in low precision has found (refine.h). `best` holds some
  // more than `keep`, and comes back as the first `keep` of them.
  void RefineRow(const at::Tensor& query, size_t keep, std::vector<ScoredColumn>& best,
                 float& log_sum_exp) const;

  const CandidateLayout layout_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_ATTRIBUTION_INDEX_HEAD_H_
