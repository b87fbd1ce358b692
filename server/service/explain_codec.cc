#include "server/service/explain_codec.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/service/exemplar_message.h"
#include "server/service/input_decoder.h"
#include "server/service/model_version.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

constexpr uint32_t kDefaultTopK = 5;

absl::StatusOr<uint32_t> ParseTopK(const v1::ExplainRequest& request, const Servable& servable,
                                   const RequestLimits& limits) {
  const auto bound =
      static_cast<uint32_t>(std::min<uint64_t>(servable.sample_count(), limits.max_top_k));
  if (!request.has_top_k()) return std::min(kDefaultTopK, bound);
  if (request.top_k() >= 1 && request.top_k() <= bound) return request.top_k();
  return absl::InvalidArgumentError(absl::StrCat(
      "top_k is ", request.top_k(), ", expected 1 .. ", bound,
      bound < limits.max_top_k ? " (the model's sample count)" : " (the server's limit)"));
}

absl::StatusOr<uint32_t> ParseClassProbabilityCount(const v1::ExplainRequest& request,
                                                    const Servable& servable) {
  // Unset reads as 0.
  const uint32_t count = request.class_probability_count();
  if (count <= servable.class_count()) return count;
  return absl::InvalidArgumentError(absl::StrCat("class_probability_count is ", count,
                                                 ", expected 0 .. ", servable.class_count(),
                                                 " (the model's classes)"));
}

// The `count` most probable classes, best first; ties by class id.
std::vector<uint32_t> MostProbable(const std::vector<float>& probabilities, size_t count) {
  std::vector<uint32_t> ids(probabilities.size());
  std::iota(ids.begin(), ids.end(), 0);
  const auto better = [&probabilities](uint32_t a, uint32_t b) {
    return std::pair(-probabilities[a], a) < std::pair(-probabilities[b], b);
  };
  count = std::min(count, ids.size());
  std::partial_sort(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(count), ids.end(),
                    better);
  ids.resize(count);
  return ids;
}

}  // namespace

absl::StatusOr<ExplainPlan> ParseExplainRequest(const v1::ExplainRequest& request,
                                                const Servable& servable,
                                                const RequestLimits& limits) {
  ExplainPlan plan;
  PROVNET_ASSIGN_OR_RETURN(plan.query.top_k, ParseTopK(request, servable, limits));
  PROVNET_ASSIGN_OR_RETURN(plan.class_probability_count,
                           ParseClassProbabilityCount(request, servable));
  PROVNET_ASSIGN_OR_RETURN(plan.query.input,
                           DecodeInput(request, servable.manifest().input(), limits.image));
  plan.query.with_samples = request.include_exemplars();
  return plan;
}

void FillExplainResponse(Explanation explanation, uint32_t class_probability_count,
                         const Servable& servable, const RequestLimits& limits,
                         v1::ExplainResponse& response) {
  SetModelVersion(servable, *response.mutable_model());
  const std::vector<float>& probabilities = explanation.class_probabilities;
  SetClassProbability(servable, probabilities, explanation.class_id, *response.mutable_predicted());
  for (const uint32_t id : MostProbable(probabilities, class_probability_count))
    SetClassProbability(servable, probabilities, id, *response.add_class_probabilities());
  response.set_label_agreement(explanation.label_agreement);

  size_t budget_bytes = limits.max_content_bytes;
  for (size_t i = 0; i < explanation.provenance.size(); ++i) {
    const ScoredSample& scored = explanation.provenance[i];
    v1::Exemplar& exemplar = *response.add_provenance();
    SetExemplar(servable, scored, static_cast<uint32_t>(i + 1), exemplar);
    if (i < explanation.samples.size())
      SetSample(std::move(explanation.samples[i]), limits, budget_bytes, exemplar);
  }
}

}  // namespace provnet
