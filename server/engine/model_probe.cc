#include "server/engine/model_probe.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"
#include "storage/bundle_layout.h"

namespace provnet {
namespace {

absl::Status Wrong(absl::string_view method, const at::Tensor& got, absl::string_view expected) {
  return absl::FailedPreconditionError(absl::StrCat(
      kModelFile, ": ", method, "() gave ", c10::toString(got.scalar_type()), " [",
      absl::StrJoin(got.sizes().vec(), ", "), "], ", kManifestFile, " asks for ", expected));
}

// Broken weights give NaN for any input.
absl::Status CheckFinite(absl::string_view method, const at::Tensor& got) {
  PROVNET_ASSIGN_OR_RETURN(const bool finite, TryTorch("check the probe's output", [&] {
                             return at::isfinite(got).all().item<bool>();
                           }));
  if (finite) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      kModelFile, ": ", method, "() gave a value that is not finite; are its weights sound?"));
}

bool IsFloatRow(const at::Tensor& tensor) {
  return tensor.scalar_type() == at::kFloat && tensor.dim() == 2 && tensor.size(0) == 1;
}

absl::StatusOr<at::Tensor> ProbeFeatures(const ScriptModel& model,
                                         const v1::BundleManifest& manifest) {
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor input, TryTorch("make the probe", [&] {
                             return ProbeInputs(manifest, model.device(), 1);
                           }));
  return model.Features(input);
}

at::Tensor ProbeClass(const ScriptModel& model) {
  return at::zeros({1}, at::TensorOptions().dtype(at::kLong).device(model.device()));
}

}  // namespace

at::Tensor ProbeInputs(const v1::BundleManifest& manifest, c10::Device device, int64_t count) {
  const v1::InputSpec& input = manifest.input();
  const int64_t size = int64_t{input.channels()} * input.height() * input.width();
  // Pixels of a fixed pattern: not constant, so that normalisation has something to divide by, and
  // of a period that few sizes are a multiple of.
  return at::arange(count * size, at::kFloat)
      .remainder(13)
      .div(13)
      .reshape({count, input.channels(), input.height(), input.width()})
      .to(device);
}

absl::Status CheckClassifier(const ScriptModel& model, const v1::BundleManifest& manifest) {
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor features, ProbeFeatures(model, manifest));
  if (!IsFloatRow(features) || features.size(1) != manifest.feature_dim()) {
    return Wrong("features", features, absl::StrCat("Float [1, ", manifest.feature_dim(), "]"));
  }
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor logits, model.Classify(features));
  if (!IsFloatRow(logits) || logits.size(1) != manifest.class_names_size()) {
    return Wrong("classify", logits, absl::StrCat("Float [1, ", manifest.class_names_size(), "]"));
  }
  return CheckFinite("classify", logits);
}

absl::Status CheckAttribute(const ScriptModel& model, const v1::BundleManifest& manifest,
                            int64_t least_columns) {
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor features, ProbeFeatures(model, manifest));
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor logits, model.Attribute(features, ProbeClass(model)));
  if (!IsFloatRow(logits) || logits.size(1) < least_columns) {
    return Wrong("attribute", logits, absl::StrCat("Float [1, at least ", least_columns, "]"));
  }
  return CheckFinite("attribute", logits);
}

absl::Status CheckQuery(const ScriptModel& model, const v1::BundleManifest& manifest, int64_t dim) {
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor features, ProbeFeatures(model, manifest));
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor query, model.Query(features, ProbeClass(model)));
  if (!IsFloatRow(query) || query.size(1) != dim)
    return Wrong("query", query, absl::StrCat("Float [1, ", dim, "]"));
  return CheckFinite("query", query);
}

absl::StatusOr<at::Tensor> CheckedRows(const ScriptModel& model, const v1::BundleManifest& manifest,
                                       int64_t least_rows) {
  if (!model.has_rows()) {
    return absl::FailedPreconditionError(
        absl::StrCat(kModelFile, " has neither attribute() nor rows(); expected one of them"));
  }
  PROVNET_ASSIGN_OR_RETURN(at::Tensor rows, model.Rows());
  if (rows.scalar_type() != at::kFloat || rows.dim() != 2 || rows.size(0) < least_rows) {
    return Wrong("rows", rows, absl::StrCat("Float [at least ", least_rows, ", R]"));
  }
  PROVNET_RETURN_IF_ERROR(CheckQuery(model, manifest, rows.size(1)));
  if (!model.has_attribute()) return rows;
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor features, ProbeFeatures(model, manifest));
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor query, model.Query(features, ProbeClass(model)));
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor logits, model.Attribute(features, ProbeClass(model)));
  PROVNET_ASSIGN_OR_RETURN(const bool equal, TryTorch("compare query() with attribute()", [&] {
                             return at::allclose(at::mm(query, rows.t()), logits, /*rtol=*/1e-3,
                                                 /*atol=*/1e-3);
                           }));
  if (!equal)
    return absl::FailedPreconditionError(
        absl::StrCat(kModelFile, ": query() rows()^T differs from attribute()"));
  return rows;
}

absl::Status CheckAnswers(const Servable& servable) {
  ExplainQuery query;
  query.input.resize(servable.input_size());
  for (size_t i = 0; i < query.input.size(); ++i) query.input[i] = static_cast<float>(i % 7) / 7;
  query.top_k = static_cast<uint32_t>(std::min<uint64_t>(5, servable.sample_count()));
  query.with_samples = true;
  const ExplainQuery* const queries[] = {&query};
  PROVNET_ASSIGN_OR_RETURN(const auto answers, servable.Explain(queries));
  PROVNET_RETURN_IF_ERROR(answers.front().status());
  for (const absl::StatusOr<v1::SampleRecord>& sample : answers.front()->samples)
    PROVNET_RETURN_IF_ERROR(sample.status());
  return absl::OkStatus();
}

}  // namespace provnet
