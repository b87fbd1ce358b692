#include <torch/torch.h>

#include "absl/strings/str_cat.h"
#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"
#include "trainer/data/random.h"
#include "trainer/faithfulness/attribution_methods.h"
#include "trainer/faithfulness/class_residuals.h"
#include "trainer/faithfulness/last_layer_gradients.h"
#include "trainer/faithfulness/parameter_gradients.h"
#include "trainer/faithfulness/score_terms.h"
#include "trainer/faithfulness/stopwatch.h"
#include "trainer/faithfulness/whitening.h"
#include "trainer/faithfulness/worker_threads.h"

namespace provnet {
namespace {

constexpr int64_t kProjectedDim = 1024;

// One model's part: whitened inner products, and how unsure it is of the samples.
struct Part {
  at::Tensor products;  // [Q, N]
  at::Tensor doubts;    // [1, N]
  double prepare_seconds = 0;
  double query_seconds = 0;
};

absl::StatusOr<Part> PartOf(const AttributionTask& task, size_t member) {
  ProvenanceNetwork& network = task.models.ensemble[member];
  const Stopwatch prepare;
  const at::Tensor projection =
      GaussianProjection(ClassParameterCount(network), kProjectedDim, MixSeed(task.seed, member));
  PROVNET_ASSIGN_OR_RETURN(
      const at::Tensor samples,
      ProjectedMarginGradients(network, task.samples, projection, task.stop_requested));
  const at::Tensor whitened = Whiten(samples);
  const at::Tensor doubts =
      TrueClassDoubt(task.models.ensemble_views[member].samples.logits, task.samples.labels).t();
  Part part{{}, doubts, prepare.Seconds(), 0};
  const Stopwatch query;
  PROVNET_ASSIGN_OR_RETURN(
      const at::Tensor queries,
      ProjectedMarginGradients(network, task.queries, projection, task.stop_requested));
  part.products = queries.matmul(whitened.t());
  part.query_seconds = query.Seconds();
  return part;
}

}  // namespace

absl::StatusOr<std::vector<Attribution>> TrakAttributions(const AttributionTask& task) {
  std::vector<Part> parts(task.models.ensemble.size());
  PROVNET_RETURN_IF_ERROR(RunSideBySide(parts.size(), task.threads, [&](size_t member) {
    return TryTorch("score samples by TRAK", [&]() -> absl::Status {
      PROVNET_ASSIGN_OR_RETURN(parts[member], PartOf(task, member));
      return absl::OkStatus();
    });
  }));
  torch::NoGradGuard no_gradient;
  std::vector<Attribution> all;
  at::Tensor products = at::zeros_like(parts[0].products);
  at::Tensor doubts = at::zeros_like(parts[0].doubts);
  AttributionCost cost{.fits = 0};
  for (const Part& part : parts) {
    products += part.products;
    doubts += part.doubts;
    ++cost.fits;
    cost.prepare_seconds += part.prepare_seconds;
    cost.cache_bytes += task.samples.size() * (kProjectedDim + 1) * sizeof(float);
    cost.query_seconds += part.query_seconds / static_cast<double>(task.queries.size());
    // Both are averages but for a factor.
    if (cost.fits == 1 || cost.fits == parts.size()) {
      all.push_back({absl::StrCat("trak-", cost.fits), MethodRole::kReference,
                     ToFloatMatrix(products * doubts), cost});
    }
  }
  return all;
}

}  // namespace provnet
