#ifndef PROVNET_SERVER_ATTRIBUTION_MATRIX_INDEX_HEAD_H_
#define PROVNET_SERVER_ATTRIBUTION_MATRIX_INDEX_HEAD_H_

#include <memory>
#include <utility>

#include "server/attribution/index_head.h"
#include "server/attribution/product_matrix.h"
#include "server/model/script_model.h"

namespace provnet {

// logits = scale * query(features, class) rows^T, by the engine's own matrix product. Where that is
// rounded, the best columns are refined.
class MatrixIndexHead final : public IndexHead {
 public:
  // `model` has query() and outlives this object. `rows` has one row a column of logits.
  MatrixIndexHead(const ScriptModel& model, CandidateLayout layout,
                  std::unique_ptr<const ProductMatrix> rows, float scale)
      : IndexHead(std::move(layout)), model_(model), rows_(std::move(rows)), scale_(scale) {}

 protected:
  bool rounds() const override { return rows_->has_exact(); }
  at::Tensor ExactLogits(const at::Tensor& query, const at::Tensor& columns) const override;
  absl::StatusOr<at::Tensor> VisitLogits(const at::Tensor& features, const at::Tensor& class_ids,
                                         BlockVisitor visit) const override;

 private:
  const ScriptModel& model_;
  const std::unique_ptr<const ProductMatrix> rows_;
  const float scale_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_ATTRIBUTION_MATRIX_INDEX_HEAD_H_
