#include "server/attribution/matrix_index_head.h"

#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"

namespace provnet {

at::Tensor MatrixIndexHead::ExactLogits(const at::Tensor& query, const at::Tensor& columns) const {
  return rows_->ExactInnerProducts(query, columns).mul_(scale_);
}

absl::StatusOr<at::Tensor> MatrixIndexHead::VisitLogits(const at::Tensor& features,
                                                        const at::Tensor& class_ids,
                                                        BlockVisitor visit) const {
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor queries, model_.Query(features, class_ids));
  return TryTorch("search the index rows", [&] {
    rows_->VisitInnerProducts(queries, columns(), [&](int64_t first, const at::Tensor& products) {
      if (scale_ != 1.0F) products.mul_(scale_);
      visit(first, products);
    });
    return rounds() ? queries : at::Tensor();
  });
}

}  // namespace provnet
