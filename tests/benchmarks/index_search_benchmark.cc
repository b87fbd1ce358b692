// The index search apart from everything else: products of B queries with M rows of R values, and
// the ranking.
#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include "server/attribution/product_matrix.h"
#include "server/attribution/row_matrix.h"
#include "server/attribution/top_k.h"

namespace provnet {
namespace {

const c10::Device kCpu(c10::kCPU);

void ReportProducts(benchmark::State& state, int64_t batch, int64_t rows, int64_t dim) {
  state.counters["queries/s"] = benchmark::Counter(static_cast<double>(batch * state.iterations()),
                                                   benchmark::Counter::kIsRate);
  state.counters["mul_add/s"] = benchmark::Counter(
      static_cast<double>(batch * rows * dim * state.iterations()), benchmark::Counter::kIsRate);
}

template <Precision precision>
void InnerProducts(benchmark::State& state) {
  if (precision == Precision::kBFloat16 && !RowMatrix::HasBFloat16(kCpu)) {
    state.SkipWithError("this processor has no AVX512-BF16");
    return;
  }
  const int64_t batch = state.range(0), rows = state.range(1), dim = state.range(2);
  const auto matrix = PackRows(at::randn({rows, dim}), precision, kCpu);
  const at::Tensor queries = at::randn({batch, dim});
  for (auto _ : state) benchmark::DoNotOptimize(matrix->InnerProducts(queries, 0, rows));
  ReportProducts(state, batch, rows, dim);
}

// The baselines of our kernels: stock LibTorch, whose float32 is a BLAS.
void LibTorchFloat32(benchmark::State& state) {
  const int64_t batch = state.range(0), rows = state.range(1), dim = state.range(2);
  const at::Tensor matrix = at::randn({rows, dim}), queries = at::randn({batch, dim});
  for (auto _ : state) benchmark::DoNotOptimize(at::linear(queries, matrix));
  ReportProducts(state, batch, rows, dim);
}

// Stock LibTorch in bf16 (oneDNN), which also rounds its results to bf16.
void LibTorchBFloat16(benchmark::State& state) {
  const int64_t batch = state.range(0), rows = state.range(1), dim = state.range(2);
  const at::Tensor matrix = at::randn({rows, dim}).to(at::kBFloat16);
  const at::Tensor queries = at::randn({batch, dim});
  for (auto _ : state) benchmark::DoNotOptimize(at::linear(queries.to(at::kBFloat16), matrix));
  ReportProducts(state, batch, rows, dim);
}

void Ranking(benchmark::State& state) {
  const at::Tensor logits = at::randn({state.range(0)});
  const absl::Span<const float> values(logits.data_ptr<float>(),
                                       static_cast<size_t>(logits.numel()));
  for (auto _ : state) benchmark::DoNotOptimize(TopK(values, 5));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

// The class-conditional head of 18,000 MNIST samples, the paper's of 60,000, and the vectors of an
// embedding head.
void Shapes(benchmark::internal::Benchmark* benchmark) {
  for (const auto& [rows, dim] : {std::pair{2024, 2059}, {6742, 2059}, {18000, 128}}) {
    for (int batch : {1, 8, 64}) benchmark->Args({batch, rows, dim});
  }
  benchmark->Unit(benchmark::kMicrosecond)->UseRealTime();
}

BENCHMARK(InnerProducts<Precision::kFloat32>)->Apply(Shapes);
BENCHMARK(InnerProducts<Precision::kBFloat16>)->Apply(Shapes);
BENCHMARK(LibTorchFloat32)->Apply(Shapes);
BENCHMARK(LibTorchBFloat16)->Apply(Shapes);
BENCHMARK(Ranking)->Arg(2000)->Arg(60000)->Arg(1000000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace provnet
