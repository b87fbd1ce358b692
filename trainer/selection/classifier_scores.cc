#include "trainer/selection/classifier_scores.h"

#include <torch/torch.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "storage/base/clock.h"
#include "storage/base/status_macros.h"
#include "trainer/data/random.h"
#include "trainer/faithfulness/plain_classifier.h"
#include "trainer/training/trainer.h"

namespace provnet {
namespace {

constexpr uint64_t kScoringStream = 0x5c03e;

absl::StatusOr<ProvenanceNetwork> FitScorer(const Dataset& data, const ScoringOptions& options,
                                            uint64_t fit, uint32_t epochs,
                                            const ScoringContext& context,
                                            const EpochObserver& observer = nullptr) {
  const TrainingOptions training =
      PlainOptions(epochs, MixSeed(MixSeed(options.seed, kScoringStream), fit));
  TrainingContext surroundings{.checkpoint = std::nullopt,
                               .progress = context.progress,
                               .clock = Clock::Steady(),
                               .stop_requested = context.stop_requested,
                               .after_epoch = observer};
  PROVNET_ASSIGN_OR_RETURN(TrainedNetwork trained, Train(data, training, {}, surroundings));
  return trained.network;
}

at::Tensor LabelsOf(const Dataset& data) {
  return at::tensor(std::vector<int64_t>(data.labels.begin(), data.labels.end()), at::kLong);
}

// [N]: |softmax(logits) - onehot(label)|.
at::Tensor ErrorLengths(ProvenanceNetwork& network, const Dataset& data) {
  torch::NoGradGuard no_gradient;
  const at::Tensor probabilities = OutputsFor(network, data).logits.softmax(1);
  return (probabilities - at::one_hot(LabelsOf(data), probabilities.size(1))).norm(2, 1);
}

std::vector<float> ToVector(const at::Tensor& values) {
  const at::Tensor dense = values.to(at::kFloat).contiguous();
  return {dense.data_ptr<float>(), dense.data_ptr<float>() + dense.numel()};
}

}  // namespace

absl::StatusOr<FloatMatrix> ClassifierFeatures(const Dataset& data, const ScoringOptions& options,
                                               const ScoringContext& context) {
  context.progress.Note("choosing the subset by features: fitting a tiny classifier");
  PROVNET_ASSIGN_OR_RETURN(ProvenanceNetwork network,
                           FitScorer(data, options, 0, options.epochs, context));
  const at::Tensor features = OutputsFor(network, data).features.contiguous();
  FloatMatrix rows;
  rows.columns = static_cast<size_t>(features.size(1));
  rows.values = ToVector(features);
  return rows;
}

absl::StatusOr<std::vector<float>> El2nScores(const Dataset& data, const ScoringOptions& options,
                                              const ScoringContext& context) {
  at::Tensor sum = at::zeros({static_cast<int64_t>(data.size())});
  for (uint32_t fit = 0; fit < options.el2n_fits; ++fit) {
    context.progress.Note(absl::StrCat("choosing the subset by early errors: tiny classifier ",
                                       fit + 1, " of ", options.el2n_fits));
    PROVNET_ASSIGN_OR_RETURN(ProvenanceNetwork network,
                             FitScorer(data, options, fit, options.el2n_epoch, context));
    sum += ErrorLengths(network, data);
  }
  return ToVector(sum / static_cast<double>(options.el2n_fits));
}

absl::StatusOr<std::vector<float>> ForgettingScores(const Dataset& data,
                                                    const ScoringOptions& options,
                                                    const ScoringContext& context) {
  context.progress.Note("choosing the subset by forgetting: fitting a tiny classifier");
  const at::Tensor labels = LabelsOf(data);
  at::Tensor was_right = at::zeros({labels.size(0)}, at::kBool);
  at::Tensor ever_right = was_right.clone();
  at::Tensor events = at::zeros({labels.size(0)});
  const auto count = [&](ProvenanceNetwork& network, uint32_t) {
    const at::Tensor right = OutputsFor(network, data).logits.argmax(1) == labels;
    events += (was_right & ~right).to(at::kFloat);
    ever_right |= right;
    was_right = right;
    // OutputsFor leaves it in evaluation mode.
    network.SetTraining(true);
    return absl::OkStatus();
  };
  PROVNET_RETURN_IF_ERROR(FitScorer(data, options, 0, options.epochs, context, count).status());
  return ToVector(
      at::where(ever_right, events, at::full_like(events, static_cast<double>(options.epochs))));
}

}  // namespace provnet
