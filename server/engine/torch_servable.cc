#include "server/engine/torch_servable.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"
#include "storage/store_snapshot.h"

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
  // Every statistic is NaN as soon as one is.
  if (explanation.membership.has_value() &&
      std::isnan(explanation.membership->statistics.log_max_probability)) {
    return absl::InternalError("the index head's output for this input is not finite");
  }
  return absl::OkStatus();
}

absl::StatusOr<at::Tensor> SelectRows(const at::Tensor& tensor, const std::vector<int64_t>& rows) {
  // The whole batch is the common case.
  if (static_cast<int64_t>(rows.size()) == tensor.size(0)) return tensor;
  return TryTorch("select rows", [&] {
    return tensor.index_select(0, at::tensor(rows, at::kLong).to(tensor.device()));
  });
}

}  // namespace

TorchServable::TorchServable(Parts parts)
    : manifest_(std::move(parts.manifest)),
      samples_(std::move(parts.samples)),
      labels_(std::move(parts.labels)),
      model_(std::move(parts.model)),
      optimised_features_(std::move(parts.optimised_features)),
      index_head_(std::move(parts.index_head)),
      membership_reference_(std::move(parts.membership_reference)),
      membership_head_(std::move(parts.membership_head)),
      device_name_(model_->device().str()),
      precision_name_(std::move(parts.precision_name)),
      search_name_(std::move(parts.search_name)),
      store_snapshot_id_(StoreSnapshotId(manifest_)),
      has_golden_answers_(parts.has_golden_answers),
      intra_op_threads_(parts.intra_op_threads) {}

absl::StatusOr<std::vector<absl::StatusOr<Explanation>>> TorchServable::Explain(
    absl::Span<const ExplainQuery* const> queries) const {
  UseIntraOpThreads(intra_op_threads_);
  PROVNET_ASSIGN_OR_RETURN(const Classified classified, Classify(queries));
  std::vector<absl::StatusOr<Explanation>> explanations;
  explanations.reserve(queries.size());
  const float* probabilities = classified.probabilities.data_ptr<float>();
  for (size_t b = 0; b < queries.size(); ++b) {
    Explanation& explanation = *explanations.emplace_back(Explanation());
    explanation.class_id = classified.class_of(b);
    explanation.class_probabilities.assign(probabilities + b * class_count(),
                                           probabilities + (b + 1) * class_count());
  }
  PROVNET_RETURN_IF_ERROR(RankSamples(queries, classified, explanations));
  PROVNET_RETURN_IF_ERROR(MeasureMembership(queries, classified, explanations));
  for (absl::StatusOr<Explanation>& explanation : explanations) {
    if (!explanation.ok()) continue;
    explanation->label_agreement = LabelAgreement(explanation->provenance, explanation->class_id);
    if (absl::Status finite = CheckFinite(*explanation); !finite.ok())
      explanation = std::move(finite);
  }
  AttachSamples(queries, explanations);
  return explanations;
}

absl::Status TorchServable::RankSamples(
    absl::Span<const ExplainQuery* const> queries, const Classified& classified,
    std::vector<absl::StatusOr<Explanation>>& explanations) const {
  std::vector<int64_t> rows;
  std::vector<uint32_t> top_k;
  for (size_t b = 0; b < queries.size(); ++b) {
    if (queries[b]->membership.has_value()) continue;
    rows.push_back(static_cast<int64_t>(b));
    top_k.push_back(queries[b]->top_k);
  }
  if (rows.empty()) return absl::OkStatus();
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor features, SelectRows(classified.features, rows));
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor class_ids, SelectRows(classified.class_ids, rows));
  PROVNET_ASSIGN_OR_RETURN(const auto ranked, index_head_->Rank(features, class_ids, top_k));
  for (size_t i = 0; i < rows.size(); ++i) {
    Explanation& explanation = *explanations[static_cast<size_t>(rows[i])];
    for (const RankedSample& sample : ranked[i]) {
      explanation.provenance.push_back(
          {sample.sample_index, sample.score, labels_[sample.sample_index]});
    }
  }
  return absl::OkStatus();
}

absl::Status TorchServable::MeasureMembership(
    absl::Span<const ExplainQuery* const> queries, const Classified& classified,
    std::vector<absl::StatusOr<Explanation>>& explanations) const {
  std::vector<int64_t> rows;
  std::vector<int64_t> class_ids;
  for (size_t b = 0; b < queries.size(); ++b) {
    if (!queries[b]->membership.has_value()) continue;
    rows.push_back(static_cast<int64_t>(b));
    class_ids.push_back(queries[b]->membership->label.value_or(classified.class_of(b)));
  }
  if (rows.empty()) return absl::OkStatus();
  if (membership_head() == nullptr) {
    for (const int64_t row : rows) {
      explanations[static_cast<size_t>(row)] = absl::FailedPreconditionError(absl::StrCat(
          "membership is measured in fp32, and this bundle without a reference set is loaded with "
          "its index in ",
          index_precision(), " alone"));
    }
    return absl::OkStatus();
  }
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor features, SelectRows(classified.features, rows));
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor classes, TryTorch("stage the classes", [&] {
                             return at::tensor(class_ids, at::kLong).to(model_->device());
                           }));
  PROVNET_ASSIGN_OR_RETURN(const auto measured, membership_head()->Measure(features, classes));
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto b = static_cast<size_t>(rows[i]);
    absl::Status status =
        AnswerMembership(*queries[b]->membership, static_cast<uint32_t>(class_ids[i]), measured[i],
                         *explanations[b]);
    if (!status.ok()) explanations[b] = std::move(status);
  }
  return absl::OkStatus();
}

absl::Status TorchServable::AnswerMembership(const MembershipQuestion& question, uint32_t class_id,
                                             const MeasuredRow& measured,
                                             Explanation& explanation) const {
  if (membership_head()->candidates(class_id) == 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("class ", class_id, " has no training sample to compare the record with"));
  }
  MembershipEvidence& evidence = explanation.membership.emplace();
  evidence.statistics = measured.statistics;
  if (measured.nearest.has_value()) {
    const uint64_t index = measured.nearest->sample_index;
    explanation.provenance.push_back({index, measured.nearest->score, labels_[index]});
  }
  std::set<uint64_t> matches;
  for (const Sha256Digest& digest : question.digests) {
    PROVNET_ASSIGN_OR_RETURN(const std::vector<uint64_t> found, samples_->FindByDigest(digest));
    matches.insert(found.begin(), found.end());
  }
  evidence.exact_match.assign(matches.begin(), matches.end());
  return absl::OkStatus();
}

const IndexHead* TorchServable::membership_head() const {
  if (membership_head_ != nullptr) return membership_head_.get();
  return precision_name_ == "fp32" ? index_head_.get() : nullptr;
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
    const at::Tensor class_ids = at::argmax(probabilities, 1);
    return Classified{features, probabilities.cpu().contiguous(), class_ids, class_ids.cpu()};
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
