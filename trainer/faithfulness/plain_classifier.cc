#include "trainer/faithfulness/plain_classifier.h"

#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/torch.h>

#include <algorithm>
#include <numeric>

#include "storage/base/clock.h"
#include "storage/base/status_macros.h"
#include "trainer/faithfulness/class_residuals.h"
#include "trainer/training/batch_source.h"
#include "trainer/training/progress.h"
#include "trainer/training/trainer.h"

namespace provnet {
namespace {

constexpr uint64_t kOutputBatch = 500;

class Silence : public ProgressListener {
 public:
  void BatchDone(const TrainingProgress&) override {}
  void EpochDone(const TrainingProgress&) override {}
  void Note(absl::string_view) override {}
};

}  // namespace

TrainingOptions PlainOptions(uint32_t epochs, uint64_t seed) {
  TrainingOptions options;
  options.size = BackboneSize::kTiny;
  options.seed = seed;
  options.epochs = epochs;
  options.batch_size = 64;
  options.learning_rate = 1e-2;
  options.lambda_index = 0;
  options.dropout = 0;
  options.augment = {.rotation_degrees = 0,
                     .translation_pixels = 0,
                     .scale = 0,
                     .noise_stddev = 0,
                     .noise_probability = 0};
  return options;
}

absl::StatusOr<ProvenanceNetwork> FitQuietly(const Dataset& data, const TrainingOptions& options,
                                             const StopCondition& stop_requested,
                                             const EpochObserver& observer) {
  Silence silence;
  TrainingContext context{.checkpoint = std::nullopt,
                          .progress = silence,
                          .clock = Clock::Steady(),
                          .stop_requested = stop_requested,
                          .after_epoch = observer};
  PROVNET_ASSIGN_OR_RETURN(TrainedNetwork trained, Train(data, options, {}, context));
  return trained.network;
}

Outputs OutputsFor(ProvenanceNetwork& network, const Dataset& samples) {
  torch::NoGradGuard no_gradient;
  const torch::jit::GraphOptimizerEnabledGuard plain_execution(false);
  network.SetTraining(false);
  std::vector<at::Tensor> features, logits;
  for (uint64_t begin = 0; begin < samples.size(); begin += kOutputBatch) {
    std::vector<uint64_t> batch(std::min<uint64_t>(kOutputBatch, samples.size() - begin));
    std::iota(batch.begin(), batch.end(), begin);
    features.push_back(network.Features(ImagesToTensor(samples, batch)));
    logits.push_back(network.Classify(features.back()));
  }
  return {at::cat(features), at::cat(logits)};
}

std::vector<float> TrueClassMargins(const at::Tensor& logits, const std::vector<uint32_t>& labels) {
  const at::Tensor margins = Margins(logits, labels).contiguous();
  return {margins.data_ptr<float>(), margins.data_ptr<float>() + margins.numel()};
}

}  // namespace provnet
