#include "server/model/few_rows_linear.h"

#include <ATen/Parallel.h>
#include <torch/csrc/jit/passes/subgraph_rewrite.h>
#include <torch/library.h>
#include <torch/torch.h>

#include "server/kernels/fp32_kernel.h"

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
  const int64_t rows = weight.size(0), dim = weight.size(1);
  at::Tensor products = at::empty({x.size(0), rows}, x.options());
  const Fp32Operand left{x.data_ptr<float>(), x.size(0), dim};
  float* out = products.data_ptr<float>();
  // Blocks of rows that are worth a thread's start.
  constexpr int64_t kRowsPerTask = 64;
  at::parallel_for(0, rows, kRowsPerTask, [&](int64_t begin, int64_t end) {
    const Fp32Operand right{weight.data_ptr<float>() + begin * dim, end - begin, dim};
    MultiplyFp32(left, right, out + begin, rows);
  });
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
