#ifndef PROVNET_SERVER_ATTRIBUTION_LOGIT_INDEX_HEAD_H_
#define PROVNET_SERVER_ATTRIBUTION_LOGIT_INDEX_HEAD_H_

#include <memory>

#include "server/attribution/index_head.h"
#include "server/model/script_model.h"

namespace provnet {

// The model's own attribute() in LibTorch's float32: the reference that faster heads are measured
// against.
class LogitIndexHead final : public IndexHead {
 public:
  // `model` has attribute() and outlives this object.
  LogitIndexHead(const ScriptModel& model, CandidateLayout layout)
      : IndexHead(std::move(layout)), model_(model) {}

 protected:
  absl::StatusOr<at::Tensor> Logits(const at::Tensor& features,
                                    const at::Tensor& class_ids) const override {
    return model_.Attribute(features, class_ids);
  }

 private:
  const ScriptModel& model_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_ATTRIBUTION_LOGIT_INDEX_HEAD_H_
