#ifndef PROVNET_SERVER_ATTRIBUTION_CELL_INDEX_HEAD_H_
#define PROVNET_SERVER_ATTRIBUTION_CELL_INDEX_HEAD_H_

#include <utility>

#include "server/attribution/cell_search.h"
#include "server/attribution/index_head.h"
#include "server/model/script_model.h"

namespace provnet {

// Ranks sample vectors by approximate search (cell_search.h): scores are shares of an estimated sum
// over all samples. Measure is exact.
class CellIndexHead final : public IndexHead {
 public:
  // `model` has query(), is on the CPU and outlives this object; `search` is over all samples.
  CellIndexHead(const ScriptModel& model, CellSearch search)
      : IndexHead(CandidateLayout::AllSamples(static_cast<uint64_t>(search.size()))),
        model_(model),
        search_(std::move(search)) {}

  absl::StatusOr<std::vector<std::vector<RankedSample>>> Rank(
      const at::Tensor& features, const at::Tensor& class_ids,
      absl::Span<const uint32_t> top_k) const override;

 protected:
  absl::StatusOr<at::Tensor> VisitLogits(const at::Tensor& features, const at::Tensor& class_ids,
                                         BlockVisitor visit) const override;

 private:
  const ScriptModel& model_;
  const CellSearch search_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_ATTRIBUTION_CELL_INDEX_HEAD_H_
