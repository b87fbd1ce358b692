#ifndef PROVNET_TRAINER_TRAINING_FUSED_ADAMW_H_
#define PROVNET_TRAINER_TRAINING_FUSED_ADAMW_H_

#include <torch/optim.h>

namespace provnet {

// LibTorch's AdamW with a step that goes through memory once. LibTorch's own takes some eight
// element-wise operations, each over all of a parameter; an index head over all samples has 2048
// weights a sample, far more than any cache. On one core a step over 60,000 x 2048 weights takes a
// third of the time. State and serialisation are AdamW's, so checkpoints are interchangeable;
// results agree to rounding, and don't depend on the number of threads.
//
// Parameters that are not dense float32 in main memory make it fall back on LibTorch's step.
// Without amsgrad. Not thread-safe.
class FusedAdamW : public torch::optim::AdamW {
 public:
  using AdamW::AdamW;

  torch::Tensor step(LossClosure closure = nullptr) override;

  // What is remembered of one of the parameters, for reading and writing; that of step 0 when there
  // is nothing yet.
  torch::optim::AdamWParamState& StateOf(const at::Tensor& parameter);
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_FUSED_ADAMW_H_
