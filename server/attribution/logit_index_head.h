#ifndef PROVNET_SERVER_ATTRIBUTION_LOGIT_INDEX_HEAD_H_
#define PROVNET_SERVER_ATTRIBUTION_LOGIT_INDEX_HEAD_H_

#include <memory>

#include "server/attribution/index_head.h"
#include "server/model/script_model.h"
#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"

namespace provnet {

// The model's own attribute() in LibTorch's float32: the reference that faster heads are measured
// against.
class LogitIndexHead final : public IndexHead {
 public:
  // `model` has attribute() and outlives this object.
  LogitIndexHead(const ScriptModel& model, CandidateLayout layout)
      : IndexHead(std::move(layout)), model_(model) {}

 protected:
  // All [B,N] at once, as the model gives them.
  absl::StatusOr<at::Tensor> VisitLogits(const at::Tensor& features, const at::Tensor& class_ids,
                                         BlockVisitor visit) const override {
    PROVNET_ASSIGN_OR_RETURN(const at::Tensor logits, model_.Attribute(features, class_ids));
    return TryTorch("rank the index logits", [&] {
      visit(0, logits);
      return at::Tensor();
    });
  }

 private:
  const ScriptModel& model_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_ATTRIBUTION_LOGIT_INDEX_HEAD_H_
