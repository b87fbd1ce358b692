// The named baselines of scripts/bench.sh, measured in this process: the bundle's TorchScript model
// called in a loop, RocksDB's MultiGet alone, and how fast this machine reads memory. Prints one
// JSON document.
//
//   provnet-baselines --bundle=REPOSITORY/MODEL/VERSION --seconds=3 --threads=2
#include <ATen/Parallel.h>
#include <sys/resource.h>
#include <torch/script.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "server/model/library_environment.h"
#include "storage/bundle_layout.h"
#include "storage/bundle_verifier.h"
#include "storage/sample_store.h"

ABSL_FLAG(std::string, bundle, "", "bundle folder, <repository>/<model>/<version>");
ABSL_FLAG(double, seconds, 3, "wall seconds for each measurement");
ABSL_FLAG(int, threads, 2, "LibTorch's intra-op threads");

namespace provnet {
namespace {

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double WallSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Calls `step`, which handles `items` items, for `seconds` after a warm-up of a tenth of that.
nlohmann::json MeasureLoop(int64_t items, double seconds, const std::function<void()>& step) {
  const double warm = WallSeconds() + seconds / 10;
  while (WallSeconds() < warm) step();
  const double wall = WallSeconds(), cpu = CpuSeconds();
  int64_t steps = 0;
  std::vector<double> step_seconds;
  for (double last = wall; last < wall + seconds; ++steps) {
    step();
    const double now = WallSeconds();
    step_seconds.push_back(now - last);
    last = now;
  }
  const double done = static_cast<double>(steps * items);
  std::nth_element(step_seconds.begin(), step_seconds.begin() + step_seconds.size() / 2,
                   step_seconds.end());
  return {{"items_per_second", done / (WallSeconds() - wall)},
          {"cpu_seconds_per_item", (CpuSeconds() - cpu) / done},
          {"p50_call_seconds", step_seconds[step_seconds.size() / 2]}};
}

nlohmann::json MeasureModel(const std::filesystem::path& bundle, const v1::InputSpec& input,
                            double seconds) {
  const torch::NoGradGuard no_grad;
  torch::jit::Module model = torch::jit::load((bundle / kModelFile).string());
  model.eval();
  nlohmann::json by_batch;
  for (const int64_t batch : {1, 8, 32, 64, 128}) {
    const at::Tensor inputs = at::rand({batch, input.channels(), input.height(), input.width()});
    by_batch[std::to_string(batch)] = MeasureLoop(batch, seconds, [&] { model.forward({inputs}); });
  }
  return by_batch;
}

nlohmann::json MeasureStore(const SampleStore& store, double seconds) {
  // As many records as a full batch of 64 with five exemplars each.
  constexpr int64_t kRecords = 320;
  std::mt19937_64 random(1);
  std::vector<uint64_t> wanted(kRecords);
  return MeasureLoop(kRecords, seconds, [&] {
    for (uint64_t& index : wanted) index = random() % store.size();
    for (const auto& record : store.MultiGet(wanted)) {
      if (!record.ok()) throw std::runtime_error(record.status().ToString());
    }
  });
}

// Reads far more than any cache holds, front to back, with all threads. The figure that a floor is
// computed from must not flatter what is compared with it, so the best pass counts.
nlohmann::json MeasureMemory(double seconds) {
  constexpr int64_t kElements = int64_t{1} << 26;  // 256 MiB of floats
  const at::Tensor buffer = at::ones({kElements});
  double best = 0, sum = 0;
  for (const double end = WallSeconds() + seconds; WallSeconds() < end;) {
    const double start = WallSeconds();
    sum += buffer.sum().item<double>();
    best = std::max(best, kElements * sizeof(float) / (WallSeconds() - start));
  }
  if (sum <= 0) throw std::runtime_error("the memory that was read holds ones, but sums to 0");
  return {{"read_bytes_per_second", best}};
}

int Run() {
  const std::filesystem::path bundle = absl::GetFlag(FLAGS_bundle);
  const auto manifest = VerifyBundle(bundle);
  if (!manifest.ok()) {
    std::cerr << "error: --bundle=" << bundle.string() << ": " << manifest.status() << "\n";
    return 1;
  }
  const auto store = SampleStore::OpenReadOnly(bundle / kSamplesFolder);
  if (!store.ok()) {
    std::cerr << "error: " << store.status() << "\n";
    return 1;
  }
  at::set_num_threads(absl::GetFlag(FLAGS_threads));
  const double seconds = absl::GetFlag(FLAGS_seconds);
  const nlohmann::json report = {
      {"model_forward_by_batch", MeasureModel(bundle, manifest->input(), seconds)},
      {"rocksdb_multiget", MeasureStore(**store, seconds)},
      {"memory", MeasureMemory(seconds)}};
  std::cout << report.dump(2) << "\n";
  return 0;
}

}  // namespace
}  // namespace provnet

int main(int argc, char** argv) {
  provnet::FitLibraryEnvironment(argv);
  absl::ParseCommandLine(argc, argv);
  try {
    return provnet::Run();
  } catch (const std::exception& error) {
    std::cerr << "error: " << error.what() << "\n";
    return 1;
  }
}
