#include "server/attribution/cell_index_head.h"

#include <cmath>

#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"

namespace provnet {

absl::StatusOr<std::vector<std::vector<RankedSample>>> CellIndexHead::Rank(
    const at::Tensor& features, const at::Tensor& class_ids,
    absl::Span<const uint32_t> top_k) const {
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor queries, model_.Query(features, class_ids));
  return TryTorch("search the index cells", [&] {
    std::vector<std::vector<RankedSample>> result;
    for (const FoundSamples& found : search_.Search(queries, top_k)) {
      std::vector<RankedSample>& row = result.emplace_back();
      for (const ScoredColumn& sample : found.best) {
        row.push_back({sample.column, std::exp(sample.value - found.log_sum_exp)});
      }
    }
    return result;
  });
}

absl::StatusOr<at::Tensor> CellIndexHead::VisitLogits(const at::Tensor& features,
                                                      const at::Tensor& class_ids,
                                                      BlockVisitor visit) const {
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor queries, model_.Query(features, class_ids));
  return TryTorch("multiply with the index rows", [&] {
    visit(0, search_.AllLogits(queries));
    return at::Tensor();
  });
}

}  // namespace provnet
