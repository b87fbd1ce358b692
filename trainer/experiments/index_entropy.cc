#include "trainer/experiments/index_entropy.h"

#include <ATen/Parallel.h>
#include <torch/torch.h>

#include <algorithm>
#include <numeric>

#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"
#include "trainer/network/class_positions.h"
#include "trainer/training/batch_source.h"
#include "trainer/training/trainer.h"

namespace provnet {
namespace {

constexpr uint64_t kBatch = 256;

// Positions that stand for no sample of the class count for nothing.
at::Tensor Entropies(const at::Tensor& logits, const at::Tensor& candidates) {
  const at::Tensor positions = at::arange(logits.size(1)).unsqueeze(0);
  const at::Tensor masked = logits.masked_fill(positions >= candidates.unsqueeze(1), -1e30);
  const at::Tensor log_shares = at::log_softmax(masked, 1);
  return -(log_shares.exp() * log_shares).sum(1);
}

std::vector<double> Measure(ProvenanceNetwork& network, const Dataset& data) {
  torch::NoGradGuard no_gradient;
  network.SetTraining(false);
  std::vector<int64_t> sizes(data.class_names.size());
  for (const uint32_t label : data.labels) ++sizes[label];
  std::vector<double> entropies;
  for (uint64_t begin = 0; begin < data.size(); begin += kBatch) {
    std::vector<uint64_t> batch(std::min<uint64_t>(kBatch, data.size() - begin));
    std::iota(batch.begin(), batch.end(), begin);
    std::vector<int64_t> labels, candidates;
    for (const uint64_t row : batch) {
      labels.push_back(data.labels[row]);
      candidates.push_back(sizes[data.labels[row]]);
    }
    const at::Tensor features = network.Features(ImagesToTensor(data, batch));
    const at::Tensor part =
        Entropies(network.Attribute(features, at::tensor(labels)), at::tensor(candidates))
            .to(at::kDouble)
            .contiguous();
    entropies.insert(entropies.end(), part.data_ptr<double>(),
                     part.data_ptr<double>() + part.numel());
  }
  return entropies;
}

}  // namespace

absl::StatusOr<std::vector<double>> IndexBranchEntropy(const Dataset& data,
                                                       const ExperimentContext& context) {
  at::set_num_threads(context.options.threads);
  TrainingOptions options = DefaultTrainingOptions(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  options.seed = context.options.seed;
  if (context.options.quick) options.epochs = 2;
  TrainingContext training{.checkpoint = std::nullopt,
                           .progress = context.progress,
                           .clock = context.clock,
                           .stop_requested = context.stop_requested};
  PROVNET_ASSIGN_OR_RETURN(TrainedNetwork trained, Train(data, options, {}, training));
  return TryTorch("measure entropies", [&] { return Measure(trained.network, data); });
}

}  // namespace provnet
