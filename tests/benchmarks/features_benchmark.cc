// The reference network's features(), as the trainer wrote it and as the server runs it.
#include <benchmark/benchmark.h>
#include <torch/torch.h>

#include <filesystem>

#include "server/model/script_model.h"
#include "tests/benchmarks/reference_network.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

at::Tensor Images(int64_t count) { return at::rand({count, 1, kReferenceSide, kReferenceSide}); }

ScriptModel Load(bool fast) {
  TempDir directory;
  const std::filesystem::path path = directory / "model.pt";
  MakeReferenceNetwork(1).save(path.string());
  ScriptModel model = *ScriptModel::Load(path, c10::Device(c10::kCPU));
  if (fast) (void)model.SpeedUpFeatures(Images(4));
  return model;
}

void Features(benchmark::State& state, bool fast) {
  at::set_num_threads(1);
  const ScriptModel model = Load(fast);
  const at::Tensor images = Images(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(model.Features(images));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK_CAPTURE(Features, as_written, false)
    ->RangeMultiplier(2)
    ->Range(1, 64)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Features, as_served, true)
    ->RangeMultiplier(2)
    ->Range(1, 64)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace provnet
