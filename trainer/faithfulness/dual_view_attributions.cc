#include <torch/torch.h>

#include "trainer/faithfulness/attribution_methods.h"
#include "trainer/faithfulness/multiclass_svm.h"
#include "trainer/faithfulness/score_terms.h"
#include "trainer/faithfulness/stopwatch.h"

namespace provnet {

std::vector<Attribution> DualViewAttributions(const AttributionTask& task) {
  torch::NoGradGuard no_gradient;
  const auto classes = static_cast<uint32_t>(task.samples.class_names.size());
  const Stopwatch prepare;
  const Outputs samples = OutputsFor(task.models.ensemble[0], task.samples);
  // Features of about unit length, for which a cost of 1 suits.
  const at::Tensor scale = samples.features.norm(2, {1}).mean().clamp_min(1e-12);
  const at::Tensor sample_features = samples.features / scale;
  const Svm svm = FitMulticlassSvm(ToFloatMatrix(sample_features), task.samples.labels, classes,
                                   {.cost = 1, .seed = task.seed});
  const at::Tensor alpha =
      at::tensor(svm.alpha.values).view({static_cast<int64_t>(task.samples.size()), -1});
  const double prepare_seconds = prepare.Seconds();
  const Stopwatch query;
  const Outputs queries = OutputsFor(task.models.ensemble[0], task.queries);
  // The query's class picks the dual variable.
  const Factor own_class{OneHotLabels(task.queries.labels, classes), alpha};
  const Term term = {{queries.features / scale, sample_features}, own_class};
  const at::Tensor scores = SumOfTerms({term});
  return {{"dual-view",
           MethodRole::kOnePass,
           ToFloatMatrix(scores),
           {.fits = 1,
            .prepare_seconds = prepare_seconds,
            .cache_bytes = CacheBytes({term}),
            .query_seconds = query.Seconds() / static_cast<double>(task.queries.size())}}};
}

}  // namespace provnet
