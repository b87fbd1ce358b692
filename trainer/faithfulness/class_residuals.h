#ifndef PROVNET_TRAINER_FAITHFULNESS_CLASS_RESIDUALS_H_
#define PROVNET_TRAINER_FAITHFULNESS_CLASS_RESIDUALS_H_

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace provnet {

// A sample's margin ln p / (1 - p) of its true class, and the gradients of its loss and of its
// margin by the class logits [n, C]. Labels are below C.

// [n], differentiable; finite for finite logits. Above 0 exactly where the class has more
// probability than all others together.
at::Tensor Margins(const at::Tensor& logits, const std::vector<uint32_t>& labels);

// onehot(y) - softmax(logits): where the loss pulls the logits.
at::Tensor LossPull(const at::Tensor& logits, const std::vector<uint32_t>& labels);

// onehot(y) - softmax over the other classes: where the true class's margin rises. The loss's pull
// of a query is this times 1 - p, which only scales its scores and vanishes for sure queries.
at::Tensor MarginPull(const at::Tensor& logits, const std::vector<uint32_t>& labels);

// 1 - p of the true class, [n, 1].
at::Tensor TrueClassDoubt(const at::Tensor& logits, const std::vector<uint32_t>& labels);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_CLASS_RESIDUALS_H_
