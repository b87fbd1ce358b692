#include "server/engine/torch_servable.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

// LibTorch's thread count is a property of the calling thread (an OpenMP control variable), so each
// executor thread sets it once, when it first computes.
void UseIntraOpThreads(int count) {
  static thread_local int in_use = 0;
  if (in_use == count) return;
  at::set_num_threads(count);
  in_use = count;
}

float LabelAgreement(const std::vector<ScoredSample>& provenance, uint32_t class_id) {
  if (provenance.empty()) return 0;
  const auto agreeing =
      std::count_if(provenance.begin(), provenance.end(),
                    [&](const ScoredSample& sample) { return sample.label == class_id; });
  return static_cast<float>(agreeing) / static_cast<float>(provenance.size());
}

absl::Status CheckFinite(const Explanation& explanation) {
  const auto finite = [](float value) { return std::isfinite(value); };
  if (!std::all_of(explanation.class_probabilities.begin(), explanation.class_probabilities.end(),
                   finite)) {
    return absl::InternalError("the class head's output for this input is not finite");
  }
  if (!std::all_of(explanation.provenance.begin(), explanation.provenance.end(),
                   [&](const ScoredSample& sample) { return finite(sample.score); })) {
    return absl::InternalError("the index head's output for this input is not finite");
  }
  return absl::OkStatus();
}

}  // namespace

TorchServable::TorchServable(Parts parts)
    : manifest_(std::move(parts.manifest)),
      samples_(std::move(parts.samples)),
      labels_(std::move(parts.labels)),
      model_(std::move(parts.model)),
      index_head_(std::move(parts.index_head)),
      device_name_(model_->device().str()),
      precision_name_(std::move(parts.precision_name)),
      intra_op_threads_(parts.intra_op_threads) {}

absl::StatusOr<std::vector<absl::StatusOr<Explanation>>> TorchServable::Explain(
    absl::Span<const ExplainQuery* const> queries) const {
  UseIntraOpThreads(intra_op_threads_);
  PROVNET_ASSIGN_OR_RETURN(const Classified classified, Classify(queries));
  std::vector<uint32_t> top_k;
  for (const ExplainQuery* query : queries) top_k.push_back(query->top_k);
  PROVNET_ASSIGN_OR_RETURN(const auto ranked,
                           index_head_->Rank(classified.features, classified.class_ids, top_k));

  const at::Tensor host_classes = classified.class_ids.cpu();
  const int64_t* class_ids = host_classes.data_ptr<int64_t>();
  const float* probabilities = classified.probabilities.data_ptr<float>();
  std::vector<absl::StatusOr<Explanation>> explanations;
  explanations.reserve(queries.size());
  for (size_t b = 0; b < queries.size(); ++b) {
    Explanation explanation;
    explanation.class_id = static_cast<uint32_t>(class_ids[b]);
    explanation.class_probabilities.assign(probabilities + b * class_count(),
                                           probabilities + (b + 1) * class_count());
    for (const RankedSample& sample : ranked[b]) {
      explanation.provenance.push_back(
          {sample.sample_index, sample.score, labels_[sample.sample_index]});
    }
    explanation.label_agreement = LabelAgreement(explanation.provenance, explanation.class_id);
    if (absl::Status finite = CheckFinite(explanation); !finite.ok()) {
      explanations.emplace_back(std::move(finite));
    } else {
      explanations.emplace_back(std::move(explanation));
    }
  }
  AttachSamples(queries, explanations);
  return explanations;
}

at::Tensor TorchServable::StageInputs(absl::Span<const ExplainQuery* const> queries) const {
  const v1::InputSpec& input = manifest_.input();
  const bool cuda = model_->device().is_cuda();
  const at::Tensor staged = at::empty(
      {static_cast<int64_t>(queries.size()), input.channels(), input.height(), input.width()},
      at::TensorOptions().dtype(at::kFloat).pinned_memory(cuda));
  float* to = staged.data_ptr<float>();
  for (const ExplainQuery* query : queries) {
    TORCH_CHECK(query->input.size() == input_size(), "a query has ", query->input.size(),
                " input values, expected ", input_size());
    std::memcpy(to, query->input.data(), query->input.size() * sizeof(float));
    to += query->input.size();
  }
  return cuda ? staged.to(model_->device(), /*non_blocking=*/true) : staged;
}

absl::StatusOr<TorchServable::Classified> TorchServable::Classify(
    absl::Span<const ExplainQuery* const> queries) const {
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor inputs,
                           TryTorch("stage the inputs", [&] { return StageInputs(queries); }));
  PROVNET_ASSIGN_OR_RETURN(at::Tensor features, model_->Features(inputs));
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor logits, model_->Classify(features));
  return TryTorch("classify", [&] {
    const at::Tensor probabilities = at::softmax(logits, 1);
    return Classified{features, probabilities.cpu().contiguous(), at::argmax(probabilities, 1)};
  });
}

void TorchServable::AttachSamples(absl::Span<const ExplainQuery* const> queries,
                                  std::vector<absl::StatusOr<Explanation>>& explanations) const {
  // Batch mates often share exemplars: each sample is read once.
  absl::flat_hash_map<uint64_t, size_t> position;
  std::vector<uint64_t> wanted;
  const auto each_exemplar = [&](const auto& visit) {
    for (size_t b = 0; b < queries.size(); ++b) {
      if (!queries[b]->with_samples || !explanations[b].ok()) continue;
      for (const ScoredSample& sample : explanations[b]->provenance) visit(b, sample.sample_index);
    }
  };
  each_exemplar([&](size_t, uint64_t index) {
    if (position.emplace(index, wanted.size()).second) wanted.push_back(index);
  });
  if (wanted.empty()) return;
  const std::vector<absl::StatusOr<v1::SampleRecord>> records = samples_->MultiGet(wanted);
  each_exemplar([&](size_t b, uint64_t index) {
    explanations[b]->samples.push_back(records[position[index]]);
  });
}

}  // namespace provnet
