#include "trainer/training/statistics.h"

#include <torch/torch.h>

#include <vector>

namespace provnet {

void MeasureStatistics(ProvenanceNetwork& network, const BatchSource& source) {
  torch::NoGradGuard no_gradient;
  network.SetTraining(true);
  network.SetStatisticsMomentum(1);
  std::vector<at::Tensor> statistics = network.RunningStatistics(), means;
  for (const at::Tensor& statistic : statistics) means.push_back(at::zeros_like(statistic));
  const double share = 1.0 / static_cast<double>(source.batches_per_epoch());
  for (uint64_t batch = 0; batch < source.batches_per_epoch(); ++batch) {
    const TrainingBatch clean = source.CleanBatch(batch).To(network.device());
    network.Query(network.Features(clean.clean), clean.labels);
    for (size_t i = 0; i < means.size(); ++i) means[i].add_(statistics[i], share);
  }
  for (size_t i = 0; i < means.size(); ++i) statistics[i].copy_(means[i]);
  network.SetStatisticsMomentum(kStatisticsMomentum);
}

}  // namespace provnet
