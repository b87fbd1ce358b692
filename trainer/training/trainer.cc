#include "trainer/training/trainer.h"

#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"
#include "trainer/data/channel_statistics.h"
#include "trainer/data/random.h"
#include "trainer/distributed/gradient_sum.h"
#include "trainer/distributed/sync_batch_norm.h"
#include "trainer/distributed/world.h"
#include "trainer/network/class_positions.h"
#include "trainer/training/batch_source.h"
#include "trainer/training/fused_adamw.h"
#include "trainer/training/index_rows.h"
#include "trainer/training/index_targets.h"
#include "trainer/training/objective.h"
#include "trainer/training/one_cycle.h"
#include "trainer/training/run_state.h"
#include "trainer/training/statistics.h"

namespace provnet {
namespace {

// Streams drawn from the seed.
constexpr uint64_t kInitStream = 0;
constexpr uint64_t kBatchStream = 1;
constexpr uint64_t kDropoutStream = 2;
constexpr uint64_t kCalibrationStream = 3;

constexpr uint32_t kCalibrationBatchSize = 512;

torch::optim::AdamWOptions OptimizerOptions(const TrainingOptions& options) {
  return torch::optim::AdamWOptions(options.learning_rate)
      .betas({options.beta1, options.beta2})
      .weight_decay(options.weight_decay);
}

// What a step reports, summed over the ranks.
struct StepOutcome {
  double class_loss = 0;
  double index_loss = 0;
  bool stop = false;
};

RankOf RankIn(const World* world) { return world == nullptr ? RankOf{} : world->who(); }

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
        optimizer_(std::make_unique<FusedAdamW>(network_.Parameters(), OptimizerOptions(options))),
        objective_(network_, options, context.world),
        targets_(data.labels, static_cast<uint32_t>(data.class_names.size()), options.head,
                 options.alpha),
        batches_(data, targets_, options.batch_size, options.augment,
                 MixSeed(options.seed, kBatchStream), RankIn(context.world)) {}

  absl::StatusOr<TrainedNetwork> Run();

 private:
  absl::Status Begin();
  void BeginTogether(World& world);
  absl::Status Save();
  absl::Status RunEpoch(uint32_t epoch);
  StepOutcome Step(uint64_t step, const Losses& losses);
  absl::Status CheckFinite(const TrainingProgress& progress) const;
  void EstimateTime(absl::Duration epoch_start, TrainingProgress& progress) const;
  void Finish();

  ProvenanceNetwork network_;
  const Dataset& data_;
  const TrainingOptions& options_;
  const RunIdentity& identity_;
  TrainingContext& context_;
  std::unique_ptr<FusedAdamW> optimizer_;
  Objective objective_;
  const IndexTargets targets_;
  BatchSource batches_;
  // With other ranks: whether the index head is spread over them, and what sums the gradients of
  // the parameters that all hold.
  bool spread_ = false;
  std::optional<GradientSum> gradients_;
  RunPosition position_;
};

absl::Status Fit::Begin() {
  if (context_.resume && context_.checkpoint) {
    PROVNET_ASSIGN_OR_RETURN(position_,
                             context_.checkpoint->Restore(identity_, network_, *optimizer_));
  }
  if (context_.world != nullptr) BeginTogether(*context_.world);
  return absl::OkStatus();
}

void Fit::BeginTogether(World& world) {
  TakeStateOfRank0(world, position_, network_, *optimizer_);
  std::vector<at::Tensor> held_by_all = network_.Parameters();
  spread_ = options_.lambda_index > 0 && SpreadsIndexRows(network_);
  if (spread_) {
    optimizer_ = KeepOwnRows(world.who(), network_, *optimizer_);
    objective_.SpreadIndexRows();
    const ProvenanceNetwork::IndexHead own = network_.index_head();
    held_by_all = network_.Parameters();
    std::erase_if(held_by_all, [&](const at::Tensor& parameter) {
      return parameter.is_same(own.weight) || parameter.is_same(own.bias);
    });
  }
  gradients_.emplace(world, std::move(held_by_all));
}

// The checkpoint is that of a process which trains alone: any number of ranks can go on from it.
absl::Status Fit::Save() {
  if (!spread_) {
    return context_.checkpoint
               ? context_.checkpoint->Save(identity_, position_, network_, *optimizer_)
               : absl::OkStatus();
  }
  const ProvenanceNetwork::IndexHead own = network_.index_head();
  const auto whole = CollectRowsAndState(*context_.world, network_, *optimizer_);
  const absl::Status saved = context_.checkpoint
                                 ? context_.checkpoint->Save(identity_, position_, network_, *whole)
                                 : absl::OkStatus();
  network_.SetIndexHead(own);
  return saved;
}

absl::StatusOr<TrainedNetwork> Fit::Run() {
  PROVNET_RETURN_IF_ERROR(Begin());
  while (position_.completed_epochs < options_.epochs) {
    PROVNET_RETURN_IF_ERROR(RunEpoch(position_.completed_epochs));
  }
  const absl::Duration start = context_.clock.Monotonic();
  Finish();
  return TrainedNetwork{network_, position_.training_time + (context_.clock.Monotonic() - start)};
}

absl::Status Fit::RunEpoch(uint32_t epoch) {
  const absl::Duration start = context_.clock.Monotonic();
  const uint64_t dropout_seed = MixSeed(MixSeed(options_.seed, kDropoutStream), epoch);
  const uint32_t rank = RankIn(context_.world).rank;
  torch::manual_seed(rank == 0 ? dropout_seed : MixSeed(dropout_seed, rank));
  batches_.StartEpoch(epoch);
  network_.SetTraining(true);
  TrainingProgress progress{
      .epoch = epoch + 1, .epochs = options_.epochs, .batches = batches_.batches_per_epoch()};
  double class_loss_sum = 0, index_loss_sum = 0;
  for (uint64_t batch = 0; batch < progress.batches; ++batch) {
    const TrainingBatch samples =
        objective_.with_views() ? batches_.Batch(batch) : batches_.CleanBatch(batch);
    const Losses losses = objective_.Compute(samples.To(context_.device));
    const StepOutcome outcome = Step(epoch * progress.batches + batch, losses);
    class_loss_sum += outcome.class_loss;
    index_loss_sum += outcome.index_loss;
    progress.batch = batch + 1;
    progress.class_loss = class_loss_sum / static_cast<double>(progress.batch);
    progress.index_loss = index_loss_sum / static_cast<double>(progress.batch);
    PROVNET_RETURN_IF_ERROR(CheckFinite(progress));
    EstimateTime(start, progress);
    context_.progress.BatchDone(progress);
    if (context_.world == nullptr ? context_.stop_requested() : outcome.stop) {
      return absl::CancelledError(absl::StrCat("stopped in epoch ", epoch + 1, " of ",
                                               options_.epochs, ", after batch ", progress.batch));
    }
  }
  position_.completed_epochs = epoch + 1;
  position_.training_time += context_.clock.Monotonic() - start;
  PROVNET_RETURN_IF_ERROR(Save());
  context_.progress.EpochDone(progress);
  return context_.after_epoch ? context_.after_epoch(network_, epoch) : absl::OkStatus();
}

StepOutcome Fit::Step(uint64_t step, const Losses& losses) {
  const uint64_t total = batches_.batches_per_epoch() * options_.epochs;
  const double rate = OneCycleLearningRate(step, total, options_.learning_rate);
  for (auto& group : optimizer_->param_groups()) group.options().set_lr(rate);
  optimizer_->zero_grad();
  (losses.class_loss * options_.lambda_class + losses.index_loss * options_.lambda_index)
      .backward();
  StepOutcome outcome{losses.class_loss.item<double>(), losses.index_loss.item<double>()};
  if (gradients_) {
    const at::Tensor sums =
        at::tensor({outcome.class_loss, outcome.index_loss, context_.stop_requested() ? 1.0 : 0.0},
                   at::kFloat);
    gradients_->Finish(sums);
    outcome = {sums[0].item<double>(), sums[1].item<double>(), sums[2].item<double>() > 0};
  }
  optimizer_->step();
  return outcome;
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

void Fit::Finish() {
  MeasureStatistics(
      network_, BatchSource(data_, targets_, kCalibrationBatchSize, options_.augment,
                            MixSeed(options_.seed, kCalibrationStream), RankIn(context_.world)));
  if (spread_) CollectRows(*context_.world, network_);
  network_.RestoreBatchNorm();
  network_.MoveTo(c10::kCPU);
  network_.SetTraining(false);
}

// Every rank needs a sample of each batch, of which the smallest are these.
absl::Status CheckShares(const Dataset& data, const TrainingOptions& options, const World* world) {
  const uint64_t batches = (data.size() + options.batch_size - 1) / options.batch_size;
  const uint64_t smallest = data.size() / batches;
  if (world == nullptr || smallest >= world->who().ranks) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--batch-size=", options.batch_size, " makes batches of ", smallest,
                   " samples, too few for WORLD_SIZE=", world->who().ranks,
                   " processes: expected at least one each"));
}

// Otherwise cuDNN may choose others in every run, some that add in any order, and some that round
// to 10 bits of significand (TF32).
void ChooseReproducibleConvolutions() {
  at::globalContext().setBenchmarkCuDNN(false);
  at::globalContext().setDeterministicCuDNN(true);
  at::globalContext().setAllowTF32CuDNN(false);
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
  PROVNET_RETURN_IF_ERROR(CheckShares(data, options, context.world));
  PROVNET_ASSIGN_OR_RETURN(NetworkSpec spec, SpecFor(data, options));
  PROVNET_ASSIGN_OR_RETURN(ProvenanceNetwork network,
                           ProvenanceNetwork::Create(spec, MixSeed(options.seed, kInitStream)));
  if (context.device.is_cuda()) ChooseReproducibleConvolutions();
  // The optimising executor first watches a few runs and draws dropout differently in them, so a
  // resumed run would go another way. The plain one costs nothing here: the time is in the
  // operators.
  const torch::jit::GraphOptimizerEnabledGuard plain_execution(false);
  auto trained = TryTorch("training", [&]() -> absl::StatusOr<TrainedNetwork> {
    network.MoveTo(context.device);
    if (context.world != nullptr) network.SubstituteBatchNorm(MakeSyncBatchNorm(*context.world));
    return Fit(std::move(network), data, options, identity, context).Run();
  });
  // What it says is worth more than where it surfaced.
  if (context.world != nullptr) PROVNET_RETURN_IF_ERROR(context.world->failure());
  return trained;
}

}  // namespace provnet
