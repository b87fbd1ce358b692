#ifndef PROVNET_TRAINER_FAITHFULNESS_LAST_LAYER_GRADIENTS_H_
#define PROVNET_TRAINER_FAITHFULNESS_LAST_LAYER_GRADIENTS_H_

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "trainer/faithfulness/plain_classifier.h"

namespace provnet {

// Gradients by the class layer's weights and biases, one of them a sample, as the outer product
// features x pull that they are: [D + 1, C] when written out. They need a forward pass alone.
struct LastLayerGradients {
  at::Tensor features;  // float32 [n, D + 1]: with a 1 for the bias
  at::Tensor pulls;     // float32 [n, C]
};

// Minus the gradient of the cross-entropy: a step of descent on the sample moves the layer along
// it.
LastLayerGradients LossGradients(const Outputs& outputs, const std::vector<uint32_t>& labels);

// The gradient of the true class's margin ln p / (1 - p).
LastLayerGradients MarginGradients(const Outputs& outputs, const std::vector<uint32_t>& labels);

// A Gaussian matrix [inputs, dim] of variance 1 / dim, so that inner products keep their
// expectation.
at::Tensor GaussianProjection(int64_t inputs, int64_t dim, uint64_t seed);

// The written-out gradients times `projection` [(D + 1) * C, d]: float32 [n, d]. The product of two
// sketches estimates that of the gradients, with a deviation of about 1 / sqrt(d) of their norms
// (Johnson, Lindenstrauss 1984). O(n D C d).
at::Tensor Sketch(const LastLayerGradients& gradients, const at::Tensor& projection);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_LAST_LAYER_GRADIENTS_H_
