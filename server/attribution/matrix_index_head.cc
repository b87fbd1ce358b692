#include "server/attribution/matrix_index_head.h"

#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"

namespace provnet {

absl::StatusOr<at::Tensor> MatrixIndexHead::Logits(const at::Tensor& features,
                                                   const at::Tensor& class_ids) const {
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor queries, model_.Query(features, class_ids));
  return TryTorch("search the index rows", [&] {
    at::Tensor logits = rows_.InnerProducts(queries);
    return scale_ == 1.0F ? logits : logits.mul_(scale_);
  });
}

}  // namespace provnet
