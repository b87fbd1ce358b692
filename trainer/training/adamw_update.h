#ifndef PROVNET_TRAINER_TRAINING_ADAMW_UPDATE_H_
#define PROVNET_TRAINER_TRAINING_ADAMW_UPDATE_H_

#include <span>

namespace provnet {

// What one step of AdamW (Loshchilov and Hutter 2019) multiplies with.
struct AdamWFactors {
  float beta1;
  float beta2;
  // 1 - learning rate * weight decay.
  float decay;
  // Learning rate / (1 - beta1^t), and 1 / sqrt(1 - beta2^t).
  float step_size;
  float inverse_root_correction;
  float epsilon;
};

// Applies one step to `values` in one pass over memory: reads values, gradient and both moments,
// writes values and moments. All of one length; no two overlap. Thread-safe on distinct ranges.
void UpdateAdamW(const AdamWFactors& factors, std::span<float> values,
                 std::span<const float> gradient, std::span<float> mean, std::span<float> square);

}  // namespace provnet

#endif  // PROVNET_TRAINER_TRAINING_ADAMW_UPDATE_H_
