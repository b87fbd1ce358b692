#ifndef PROVNET_SERVER_MODEL_FEW_ROWS_LINEAR_H_
#define PROVNET_SERVER_MODEL_FEW_ROWS_LINEAR_H_

#include <torch/csrc/jit/ir/ir.h>

#include <memory>

namespace provnet {

// Makes each torch.linear of the graph fast for up to 32 rows: LibTorch hands even one row to the
// matrix product of its BLAS, which copies the whole weight first. More rows, other element types
// and devices go to LibTorch as before. Results differ by rounding. Does nothing on processors
// without the kernel. Throws what LibTorch throws.
void UseFewRowsLinear(const std::shared_ptr<torch::jit::Graph>& graph);

}  // namespace provnet

#endif  // PROVNET_SERVER_MODEL_FEW_ROWS_LINEAR_H_
