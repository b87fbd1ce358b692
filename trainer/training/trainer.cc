#include "trainer/training/trainer.h"

#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "trainer/data/channel_statistics.h"
#include "trainer/data/random.h"
#include "trainer/network/class_positions.h"
#include "trainer/network/torch_errors.h"
#include "trainer/training/batch_source.h"
#include "trainer/training/fused_adamw.h"
#include "trainer/training/index_targets.h"
#include "trainer/training/losses.h"
#include "trainer/training/one_cycle.h"

namespace provnet {
namespace {

// Streams drawn from the seed.
constexpr uint64_t kInitStream = 0;
constexpr uint64_t kBatchStream = 1;
constexpr uint64_t kDropoutStream = 2;
constexpr uint64_t kCalibrationStream = 3;

constexpr uint32_t kCalibrationBatchSize = 512;

struct Losses {
  at::Tensor class_loss;
  at::Tensor index_loss;
};

torch::optim::AdamWOptions OptimizerOptions(const TrainingOptions& options) {
  return torch::optim::AdamWOptions(options.learning_rate)
      .betas({options.beta1, options.beta2})
      .weight_decay(options.weight_decay);
}

// Whether some loss looks at random views.
bool NeedsViews(const TrainingOptions& options) {
  return options.head == v1::HEAD_TYPE_EMBEDDING ||
         (options.lambda_class > 0 && Distorts(options.augment));
}

// One run over all epochs: the network, its optimiser and its batches.
class Fit {
 public:
  Fit(ProvenanceNetwork network, const Dataset& data, const TrainingOptions& options,
      const RunIdentity& identity, TrainingContext& context)
      : network_(std::move(network)),
        data_(data),
        options_(options),
        identity_(identity),
        context_(context),
        optimizer_(network_.Parameters(), OptimizerOptions(options)),
        targets_(data.labels, static_cast<uint32_t>(data.class_names.size()), options.head,
                 options.alpha),
        batches_(data, targets_, options.batch_size, options.augment,
                 MixSeed(options.seed, kBatchStream)) {}

  absl::StatusOr<TrainedNetwork> Run();

 private:
  absl::Status RunEpoch(uint32_t epoch);
  Losses ComputeLosses(const TrainingBatch& batch);
  at::Tensor IndexLoss(const TrainingBatch& batch, const at::Tensor& features);
  void Step(uint64_t step, const Losses& losses);
  absl::Status CheckFinite(const TrainingProgress& progress) const;
  void EstimateTime(absl::Duration epoch_start, TrainingProgress& progress) const;
  void RecalibrateStatistics();

  ProvenanceNetwork network_;
  const Dataset& data_;
  const TrainingOptions& options_;
  const RunIdentity& identity_;
  TrainingContext& context_;
  FusedAdamW optimizer_;
  const IndexTargets targets_;
  const bool with_views_ = NeedsViews(options_);
  BatchSource batches_;
  RunPosition position_;
};

absl::StatusOr<TrainedNetwork> Fit::Run() {
  if (context_.resume) {
    PROVNET_ASSIGN_OR_RETURN(position_,
                             context_.checkpoint->Restore(identity_, network_, optimizer_));
  }
  while (position_.completed_epochs < options_.epochs) {
    PROVNET_RETURN_IF_ERROR(RunEpoch(position_.completed_epochs));
  }
  const absl::Duration start = context_.clock.Monotonic();
  RecalibrateStatistics();
  network_.SetTraining(false);
  return TrainedNetwork{network_, position_.training_time + (context_.clock.Monotonic() - start)};
}

absl::Status Fit::RunEpoch(uint32_t epoch) {
  const absl::Duration start = context_.clock.Monotonic();
  torch::manual_seed(MixSeed(MixSeed(options_.seed, kDropoutStream), epoch));
  batches_.StartEpoch(epoch);
  network_.SetTraining(true);
  TrainingProgress progress{
      .epoch = epoch + 1, .epochs = options_.epochs, .batches = batches_.batches_per_epoch()};
  double class_loss_sum = 0, index_loss_sum = 0;
  for (uint64_t batch = 0; batch < progress.batches; ++batch) {
    const Losses losses =
        ComputeLosses(with_views_ ? batches_.Batch(batch) : batches_.CleanBatch(batch));
    Step(epoch * progress.batches + batch, losses);
    class_loss_sum += losses.class_loss.item<double>();
    index_loss_sum += losses.index_loss.item<double>();
    progress.batch = batch + 1;
    progress.class_loss = class_loss_sum / static_cast<double>(progress.batch);
    progress.index_loss = index_loss_sum / static_cast<double>(progress.batch);
    PROVNET_RETURN_IF_ERROR(CheckFinite(progress));
    EstimateTime(start, progress);
    context_.progress.BatchDone(progress);
    if (context_.stop_requested()) {
      return absl::CancelledError(absl::StrCat("stopped in epoch ", epoch + 1, " of ",
                                               options_.epochs, ", after batch ", progress.batch));
    }
  }
  position_.completed_epochs = epoch + 1;
  position_.training_time += context_.clock.Monotonic() - start;
  if (context_.checkpoint) {
    PROVNET_RETURN_IF_ERROR(context_.checkpoint->Save(identity_, position_, network_, optimizer_));
  }
  context_.progress.EpochDone(progress);
  return context_.after_epoch ? context_.after_epoch(network_, epoch) : absl::OkStatus();
}

// A loss without weight is not computed: 0 stands for it.
Losses Fit::ComputeLosses(const TrainingBatch& batch) {
  const at::Tensor features = network_.Features(
      with_views_
          ? at::cat({batch.clean, batch.augmented}).contiguous(at::MemoryFormat::ChannelsLast)
          : batch.clean);
  Losses losses{at::zeros({}), at::zeros({})};
  if (options_.lambda_class > 0) {
    losses.class_loss =
        at::cross_entropy_loss(network_.Classify(features),
                               with_views_ ? at::cat({batch.labels, batch.labels}) : batch.labels);
  }
  if (options_.lambda_index > 0) {
    losses.index_loss = IndexLoss(batch, ScaleGradient(features, options_.index_gradient_scale));
  }
  return losses;
}

// `features` begin with those of the samples as they are.
at::Tensor Fit::IndexLoss(const TrainingBatch& batch, const at::Tensor& features) {
  const int64_t count = batch.labels.size(0);
  if (options_.head == v1::HEAD_TYPE_EMBEDDING) {
    const at::Tensor vectors = network_.Query(features, at::cat({batch.labels, batch.labels}));
    return ContrastiveLoss(vectors.narrow(0, 0, count), vectors.narrow(0, count, count),
                           options_.temperature);
  }
  // The true class, not the predicted one: teacher forcing.
  const at::Tensor logits = network_.Attribute(features.narrow(0, 0, count), batch.labels);
  return CandidateLoss(logits, batch.targets, batch.candidates, options_.label_smoothing);
}

void Fit::Step(uint64_t step, const Losses& losses) {
  const uint64_t total = batches_.batches_per_epoch() * options_.epochs;
  const double rate = OneCycleLearningRate(step, total, options_.learning_rate);
  for (auto& group : optimizer_.param_groups()) group.options().set_lr(rate);
  optimizer_.zero_grad();
  (losses.class_loss * options_.lambda_class + losses.index_loss * options_.lambda_index)
      .backward();
  optimizer_.step();
}

absl::Status Fit::CheckFinite(const TrainingProgress& progress) const {
  if (std::isfinite(progress.class_loss) && std::isfinite(progress.index_loss)) {
    return absl::OkStatus();
  }
  return absl::InternalError(
      absl::StrCat("the loss is no longer finite in epoch ", progress.epoch, ", batch ",
                   progress.batch, " (class ", progress.class_loss, ", index ", progress.index_loss,
                   "): try a lower --learning-rate than ", options_.learning_rate));
}

void Fit::EstimateTime(absl::Duration epoch_start, TrainingProgress& progress) const {
  const absl::Duration elapsed = context_.clock.Monotonic() - epoch_start;
  const double seconds = std::max(absl::ToDoubleSeconds(elapsed), 1e-9);
  const double share = static_cast<double>(progress.batch) / static_cast<double>(progress.batches);
  progress.images_per_second = share * static_cast<double>(data_.size()) / seconds;
  progress.remaining = elapsed / share * (progress.epochs - progress.epoch + 1 - share);
}

// The running statistics of batch normalisation trail the weights and mix in augmented views; the
// network is served clean images with the final weights. So measure the statistics anew on those:
// their mean over one pass in large batches.
void Fit::RecalibrateStatistics() {
  torch::NoGradGuard no_gradient;
  network_.SetTraining(true);
  network_.SetStatisticsMomentum(1);
  const BatchSource source(data_, targets_, kCalibrationBatchSize, options_.augment,
                           MixSeed(options_.seed, kCalibrationStream));
  std::vector<at::Tensor> statistics = network_.RunningStatistics(), means;
  for (const at::Tensor& statistic : statistics) means.push_back(at::zeros_like(statistic));
  const double share = 1.0 / static_cast<double>(source.batches_per_epoch());
  for (uint64_t batch = 0; batch < source.batches_per_epoch(); ++batch) {
    const TrainingBatch clean = source.CleanBatch(batch);
    network_.Query(network_.Features(clean.clean), clean.labels);
    for (size_t i = 0; i < means.size(); ++i) means[i].add_(statistics[i], share);
  }
  for (size_t i = 0; i < means.size(); ++i) statistics[i].copy_(means[i]);
  network_.SetStatisticsMomentum(kStatisticsMomentum);
}

}  // namespace

absl::StatusOr<NetworkSpec> SpecFor(const Dataset& data, const TrainingOptions& options) {
  ChannelStatistics channels = MeasureChannels(data);
  NetworkSpec spec{.channels = data.channels,
                   .height = data.height,
                   .width = data.width,
                   .channel_mean = std::move(channels.mean),
                   .channel_stddev = std::move(channels.stddev),
                   .classes = static_cast<uint32_t>(data.class_names.size()),
                   .head = options.head,
                   .index_dim = static_cast<uint32_t>(data.size()),
                   .sample_classes = {},
                   .size = options.size,
                   .sharing = options.sharing,
                   .dropout = options.dropout};
  if (options.head == v1::HEAD_TYPE_EMBEDDING) spec.index_dim = options.embedding_dim;
  if (options.head == v1::HEAD_TYPE_CLASS_CONDITIONAL) {
    spec.index_dim =
        static_cast<uint32_t>(NumberWithinClasses(data.labels, spec.classes).max_class_size());
  }
  if (options.head == v1::HEAD_TYPE_SINGLE_BRANCH) spec.sample_classes = data.labels;
  PROVNET_RETURN_IF_ERROR(ValidateNetworkSpec(spec));
  return spec;
}

absl::StatusOr<TrainedNetwork> Train(const Dataset& data, const TrainingOptions& options,
                                     const RunIdentity& identity, TrainingContext& context) {
  PROVNET_RETURN_IF_ERROR(ValidateTrainingOptions(options));
  PROVNET_ASSIGN_OR_RETURN(NetworkSpec spec, SpecFor(data, options));
  PROVNET_ASSIGN_OR_RETURN(ProvenanceNetwork network,
                           ProvenanceNetwork::Create(spec, MixSeed(options.seed, kInitStream)));
  // The optimising executor first watches a few runs and draws dropout differently in them, so a
  // resumed run would go another way. The plain one costs nothing here: the time is in the
  // operators.
  const torch::jit::GraphOptimizerEnabledGuard plain_execution(false);
  return CatchTorchErrors(
      "training", [&] { return Fit(std::move(network), data, options, identity, context).Run(); });
}

}  // namespace provnet
