#include "server/model/few_rows_linear.h"

#include <torch/csrc/jit/passes/subgraph_rewrite.h>
#include <torch/library.h>
#include <torch/torch.h>

#include "server/kernels/fp32_kernel.h"
#include "server/model/row_product.h"

namespace provnet {
namespace {

// More rows are as fast in LibTorch, or faster (features_benchmark).
constexpr int64_t kFewRows = 32;

bool IsMatrix(const at::Tensor& tensor) {
  return tensor.dim() == 2 && tensor.is_cpu() && tensor.layout() == at::kStrided &&
         tensor.scalar_type() == at::kFloat && tensor.is_contiguous();
}

// torch.linear: x [B,R], weight [M,R], bias [M] or none -> [B,M].
at::Tensor FewRowsLinear(const at::Tensor& x, const at::Tensor& weight,
                         const c10::optional<at::Tensor>& bias) {
  if (!IsMatrix(x) || !IsMatrix(weight) || x.size(0) > kFewRows || x.size(1) != weight.size(1) ||
      x.numel() == 0) {
    return at::linear(x, weight, bias);
  }
  const Fp32Operand left{x.data_ptr<float>(), x.size(0), x.size(1)};
  const Fp32Operand right{weight.data_ptr<float>(), weight.size(0), weight.size(1)};
  at::Tensor products = MultiplyRows(MultiplyFp32, left, right);
  return bias.has_value() ? products.add_(*bias) : products;
}

void RegisterOperator() {
  static const auto registry = torch::RegisterOperators().op(
      "provnet::few_rows_linear(Tensor x, Tensor weight, Tensor? bias) -> Tensor",
      torch::RegisterOperators::options()
          .catchAllKernel(&FewRowsLinear)
          .aliasAnalysis(c10::AliasAnalysisKind::FROM_SCHEMA));
}

}  // namespace

void UseFewRowsLinear(const std::shared_ptr<torch::jit::Graph>& graph) {
  if (!CpuHasFp32Kernel()) return;
  RegisterOperator();
  torch::jit::SubgraphRewriter rewriter;
  rewriter.RegisterRewritePattern(R"(
graph(%x, %weight, %bias):
  %product = aten::linear(%x, %weight, %bias)
  return (%product))",
                                  R"(
graph(%x, %weight, %bias):
  %product = provnet::few_rows_linear(%x, %weight, %bias)
  return (%product))");
  std::shared_ptr<torch::jit::Graph> rewritten = graph;
  rewriter.runOnGraph(rewritten);
}

}  // namespace provnet
