#include "trainer/faithfulness/removal_queries.h"

#include <torch/torch.h>

#include <algorithm>
#include <utility>

#include "trainer/faithfulness/class_residuals.h"

namespace provnet {

std::vector<uint64_t> ChooseRemovalQueries(const std::vector<ModelView>& ensemble,
                                           const std::vector<uint32_t>& asked_labels,
                                           uint64_t pool_begin, uint32_t count) {
  torch::NoGradGuard no_gradient;
  const at::Tensor labels =
      at::tensor(std::vector<int64_t>(asked_labels.begin(), asked_labels.end()), at::kLong);
  at::Tensor right = at::ones_like(labels, at::kBool);
  at::Tensor margins = at::zeros({labels.size(0)});
  for (const ModelView& view : ensemble) {
    right = right.logical_and(view.queries.logits.argmax(1).eq(labels));
    margins = margins + Margins(view.queries.logits, asked_labels);
  }
  std::vector<std::pair<float, uint64_t>> stable;
  for (uint64_t i = pool_begin; i < asked_labels.size(); ++i) {
    if (right.data_ptr<bool>()[i]) stable.emplace_back(margins.data_ptr<float>()[i], i);
  }
  std::sort(stable.begin(), stable.end());
  std::vector<uint64_t> chosen;
  for (size_t i = 0; i < std::min<size_t>(count, stable.size()); ++i) {
    chosen.push_back(stable[i].second);
  }
  return chosen;
}

}  // namespace provnet
