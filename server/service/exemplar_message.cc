#include "server/service/exemplar_message.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/service/grpc_status.h"

namespace provnet {
namespace {

std::string ClassName(const Servable& servable, uint32_t class_id) {
  if (class_id >= servable.class_count()) return "";
  return servable.manifest().class_names(static_cast<int>(class_id));
}

}  // namespace

void SetClassProbability(const Servable& servable, const std::vector<float>& probabilities,
                         uint32_t class_id, v1::ClassProbability& message) {
  message.set_id(class_id);
  message.set_name(ClassName(servable, class_id));
  if (class_id < probabilities.size()) message.set_probability(probabilities[class_id]);
}

void SetExemplar(const Servable& servable, const ScoredSample& scored, uint32_t rank,
                 v1::Exemplar& exemplar) {
  exemplar.set_sample_index(scored.sample_index);
  exemplar.set_rank(rank);
  exemplar.set_score(scored.score);
  exemplar.set_label(scored.label);
  exemplar.set_label_name(ClassName(servable, scored.label));
}

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
  // Assigning to a message in an arena copies; a string alone can be moved there.
  std::string content = std::move(*sample->mutable_content());
  *exemplar.mutable_sample() = *std::move(sample);
  exemplar.mutable_sample()->set_content(std::move(content));
}

}  // namespace provnet
