#include "server/attribution/matrix_index_head.h"

#include <algorithm>

#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"

namespace provnet {

absl::StatusOr<at::Tensor> MatrixIndexHead::Logits(const at::Tensor& features,
                                                   const at::Tensor& class_ids) const {
  PROVNET_ASSIGN_OR_RETURN(Scores scores, Score(features, class_ids));
  return std::move(scores.logits);
}

absl::StatusOr<IndexHead::Scores> MatrixIndexHead::Score(const at::Tensor& features,
                                                         const at::Tensor& class_ids) const {
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor queries, model_.Query(features, class_ids));
  return TryTorch("search the index rows", [&] {
    at::Tensor logits = rows_->InnerProducts(queries, 0, columns());
    if (scale_ != 1.0F) logits.mul_(scale_);
    return Scores{std::move(logits), rows_->has_exact() ? queries : at::Tensor()};
  });
}

at::Tensor MatrixIndexHead::ExactLogits(const at::Tensor& query, const at::Tensor& columns) const {
  return rows_->ExactInnerProducts(query, columns).mul_(scale_);
}

absl::Status MatrixIndexHead::VisitLogits(const at::Tensor& features, const at::Tensor& class_ids,
                                          BlockVisitor visit) const {
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor queries, model_.Query(features, class_ids));
  return TryTorch("sum up the index logits", [&] {
    for (int64_t first = 0; first < columns(); first += kBlockRows) {
      const int64_t count = std::min(kBlockRows, columns() - first);
      visit(first, rows_->InnerProducts(queries, first, count).mul_(scale_));
    }
  });
}

}  // namespace provnet
