#include "server/model/inference_graph.h"

#include <torch/csrc/jit/passes/freeze_module.h>
#include <torch/csrc/jit/passes/frozen_conv_add_relu_fusion.h>
#include <torch/csrc/jit/passes/frozen_graph_optimizations.h>
#include <torch/csrc/jit/passes/frozen_linear_transpose.h>
#include <torch/csrc/jit/passes/frozen_ops_to_mkldnn.h>

#include <memory>
#include <vector>

#include "server/model/few_rows_linear.h"

namespace provnet {

torch::jit::Module OptimizeForInference(const torch::jit::Module& module,
                                        const std::string& method) {
  torch::jit::Module frozen = torch::jit::freeze_module(module, std::vector<std::string>{method});
  std::shared_ptr<torch::jit::Graph> graph = frozen.get_method(method).graph();
  torch::jit::OptimizeFrozenGraph(graph);
  torch::jit::FuseFrozenConvAddRelu(graph);
  // Before oneDNN takes these products, which is slower for all sizes of batches.
  UseFewRowsLinear(graph);
  torch::jit::ConvertFrozenOpsToMKLDNN(graph);
  torch::jit::FrozenLinearTranspose(graph);
  return frozen;
}

}  // namespace provnet
