#include <torch/torch.h>

#include "trainer/faithfulness/attribution_methods.h"
#include "trainer/faithfulness/index_head_logits.h"
#include "trainer/faithfulness/score_terms.h"
#include "trainer/faithfulness/stopwatch.h"

namespace provnet {
std::vector<Attribution> IndexHeadAttributions(const AttributionTask& task) {
  torch::NoGradGuard no_gradient;
  std::vector<Attribution> all;
  for (ProvenanceNetwork& network : task.models.headed) {
    const Stopwatch forward;
    const at::Tensor features = OutputsFor(network, task.queries).features;
    const double forward_seconds = forward.Seconds();
    const Stopwatch prepare;
    const Factor logits = IndexHeadLogits(network, task.samples, features);
    AttributionCost cost{
        .fits = 1, .prepare_seconds = prepare.Seconds(), .cache_bytes = CacheBytes({{logits}})};
    const Stopwatch scoring;
    const at::Tensor scores = SumOfTerms({{logits}});
    cost.query_seconds =
        (forward_seconds + scoring.Seconds()) / static_cast<double>(task.queries.size());
    const std::string name = IndexHeadMethod(network.spec().head);
    all.push_back({name, MethodRole::kHead, ToFloatMatrix(scores), cost});
    // Logits know no zero: measured from a query's lowest one, all count for or against.
    const Factor sign =
        SameLabelSign(task.queries.labels, task.samples.labels, network.spec().classes);
    const at::Tensor above_lowest = scores - std::get<0>(scores.min(1, true));
    all.push_back({name + "-signed", MethodRole::kHead,
                   ToFloatMatrix(above_lowest * SumOfTerms({{sign}})), cost});
  }
  return all;
}

}  // namespace provnet
