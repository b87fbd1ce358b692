#ifndef PROVNET_SERVER_MODEL_INFERENCE_GRAPH_H_
#define PROVNET_SERVER_MODEL_INFERENCE_GRAPH_H_

#include <torch/script.h>

#include <string>

namespace provnet {

// A copy of `module`, which is in evaluation mode on the CPU, whose `method` computes the same
// faster: parameters become constants, BatchNorm is folded into the convolution before it,
// convolutions with what follows them run in oneDNN's own layout, and few rows
// are multiplied with weights by our own kernel. Other methods of the copy are not for use. Equal
// up to rounding; the order of sums differs. Throws what LibTorch throws.
torch::jit::Module OptimizeForInference(const torch::jit::Module& module,
                                        const std::string& method);

}  // namespace provnet

#endif  // PROVNET_SERVER_MODEL_INFERENCE_GRAPH_H_
