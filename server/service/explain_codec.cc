#include "server/service/explain_codec.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/service/grpc_status.h"
#include "server/service/input_decoder.h"
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

std::string ClassName(const Servable& servable, uint32_t class_id) {
  if (class_id >= servable.class_count()) return "";
  return servable.manifest().class_names(static_cast<int>(class_id));
}

v1::ClassProbability MakeClassProbability(const Servable& servable,
                                          const std::vector<float>& probabilities,
                                          uint32_t class_id) {
  v1::ClassProbability message;
  message.set_id(class_id);
  message.set_name(ClassName(servable, class_id));
  if (class_id < probabilities.size()) message.set_probability(probabilities[class_id]);
  return message;
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

// Puts the sample, or why there is none, into `exemplar` and takes its content off `budget_bytes`.
void SetSample(absl::StatusOr<v1::SampleRecord> sample, const RequestLimits& limits,
               size_t& budget_bytes, v1::Exemplar& exemplar) {
  if (!sample.ok()) {
    *exemplar.mutable_error() = ToRequestError(sample.status());
    return;
  }
  if (sample->content().size() > budget_bytes) {
    *exemplar.mutable_error() = ToRequestError(absl::ResourceExhaustedError(absl::StrCat(
        "the contents of the exemplars exceed ", limits.max_content_bytes,
        " bytes a response; ask for a smaller top_k, or for this sample by GetExemplars")));
    return;
  }
  budget_bytes -= sample->content().size();
  *exemplar.mutable_sample() = *std::move(sample);
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

v1::ExplainResponse BuildExplainResponse(Explanation explanation, uint32_t class_probability_count,
                                         const Servable& servable, const RequestLimits& limits) {
  v1::ExplainResponse response;
  response.mutable_model()->set_name(servable.manifest().model());
  response.mutable_model()->set_version(servable.manifest().version());
  const std::vector<float>& probabilities = explanation.class_probabilities;
  *response.mutable_predicted() =
      MakeClassProbability(servable, probabilities, explanation.class_id);
  for (const uint32_t id : MostProbable(probabilities, class_probability_count))
    *response.add_class_probabilities() = MakeClassProbability(servable, probabilities, id);
  response.set_label_agreement(explanation.label_agreement);

  size_t budget_bytes = limits.max_content_bytes;
  for (size_t i = 0; i < explanation.provenance.size(); ++i) {
    const ScoredSample& scored = explanation.provenance[i];
    v1::Exemplar& exemplar = *response.add_provenance();
    exemplar.set_sample_index(scored.sample_index);
    exemplar.set_rank(static_cast<uint32_t>(i + 1));
    exemplar.set_score(scored.score);
    exemplar.set_label(scored.label);
    exemplar.set_label_name(ClassName(servable, scored.label));
    if (i < explanation.samples.size())
      SetSample(std::move(explanation.samples[i]), limits, budget_bytes, exemplar);
  }
  return response;
}

}  // namespace provnet
