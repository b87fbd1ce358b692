#include "trainer/training/adamw_update.h"

#include <cmath>
#include <cstddef>

namespace provnet {

void UpdateAdamW(const AdamWFactors& factors, std::span<float> values,
                 std::span<const float> gradient, std::span<float> mean, std::span<float> square) {
  // Copies in registers and pointers that don't alias: what a vectoriser needs.
  const AdamWFactors f = factors;
  float* __restrict value = values.data();
  const float* __restrict slope = gradient.data();
  float* __restrict m = mean.data();
  float* __restrict v = square.data();
  const size_t count = values.size();
  for (size_t i = 0; i < count; ++i) {
    const float g = slope[i];
    const float new_m = f.beta1 * m[i] + (1 - f.beta1) * g;
    const float new_v = f.beta2 * v[i] + (1 - f.beta2) * g * g;
    m[i] = new_m;
    v[i] = new_v;
    const float denominator = std::sqrt(new_v) * f.inverse_root_correction + f.epsilon;
    value[i] = f.decay * value[i] - f.step_size * new_m / denominator;
  }
}

}  // namespace provnet
