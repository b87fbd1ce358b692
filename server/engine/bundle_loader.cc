#include "server/engine/bundle_loader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/attribution/cell_index_head.h"
#include "server/attribution/logit_index_head.h"
#include "server/attribution/matrix_index_head.h"
#include "server/attribution/panel_matrix.h"
#include "server/attribution/row_matrix.h"
#include "server/engine/bundle_vectors.h"
#include "server/engine/golden_check.h"
#include "server/engine/model_probe.h"
#include "server/model/device.h"
#include "server/model/torch_status.h"
#include "storage/base/status_macros.h"
#include "storage/bundle_layout.h"
#include "storage/bundle_verifier.h"
#include "storage/golden_answers.h"
#include "storage/membership_calibration.h"
#include "storage/npy.h"

namespace provnet {
namespace {

// Enough to notice a network that mixes its inputs.
constexpr int64_t kProbeInputs = 4;

Precision PrecisionOf(bool bf16) { return bf16 ? Precision::kBFloat16 : Precision::kFloat32; }

}  // namespace

absl::StatusOr<std::shared_ptr<const Servable>> TorchServable::Load(const BundleLocation& location,
                                                                    const EngineOptions& options) {
  return BundleLoader(location, options).Load();
}

absl::StatusOr<std::shared_ptr<const Servable>> BundleLoader::Load() {
  if (options_.intra_op_threads < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("intra_op_threads is ", options_.intra_op_threads, ", expected at least 1"));
  }
  parts_.intra_op_threads = options_.intra_op_threads;
  PROVNET_ASSIGN_OR_RETURN(parts_.manifest, VerifyBundle(location_.directory));
  if (parts_.manifest.model() != location_.model ||
      parts_.manifest.version() != location_.version) {
    return absl::FailedPreconditionError(absl::StrCat(
        kManifestFile, " names ", parts_.manifest.model(), " version ", parts_.manifest.version(),
        ", but the folder is ", location_.model, "/", location_.version));
  }
  PROVNET_RETURN_IF_ERROR(ReadParts());
  PROVNET_RETURN_IF_ERROR(CheckClassifier(*parts_.model, parts_.manifest));
  PROVNET_RETURN_IF_ERROR(MakeIndexHeads());
  const bool golden = HasFile(kGoldenFile);
  parts_.has_golden_answers = golden;
  auto servable = std::shared_ptr<const TorchServable>(new TorchServable(std::move(parts_)));
  PROVNET_RETURN_IF_ERROR(CheckAnswers(*servable));
  if (golden) PROVNET_RETURN_IF_ERROR(CheckGolden(*servable));
  return servable;
}

bool BundleLoader::HasFile(absl::string_view path) const {
  const auto& files = parts_.manifest.files();
  return std::any_of(files.begin(), files.end(),
                     [&](const v1::FileEntry& file) { return file.path() == path; });
}

absl::Status BundleLoader::CheckGolden(const Servable& servable) const {
  PROVNET_ASSIGN_OR_RETURN(const v1::GoldenAnswers golden, ReadGoldenAnswers(location_.directory));
  return CheckGoldenAnswers(servable, golden);
}

absl::Status BundleLoader::ReadParts() {
  PROVNET_ASSIGN_OR_RETURN(const c10::Device device, ResolveDevice(options_.device));
  PROVNET_ASSIGN_OR_RETURN(ScriptModel model,
                           ScriptModel::Load(location_.directory / kModelFile, device));
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor probe, TryTorch("make the probe", [&] {
                             return ProbeInputs(parts_.manifest, device, kProbeInputs);
                           }));
  // Where it can't be, the model serves as it is.
  (void)model.SpeedUpFeatures(probe);
  parts_.model = std::make_unique<const ScriptModel>(std::move(model));
  PROVNET_ASSIGN_OR_RETURN(parts_.samples,
                           SampleStore::OpenReadOnly(location_.directory / kSamplesFolder));
  if (parts_.samples->size() != parts_.manifest.sample_count()) {
    return absl::DataLossError(absl::StrCat(kSamplesFolder, " holds ", parts_.samples->size(),
                                            " samples, ", kManifestFile, " says ",
                                            parts_.manifest.sample_count()));
  }
  PROVNET_RETURN_IF_ERROR(ReadLabels());
  return ReadMembershipReference();
}

absl::Status BundleLoader::ReadLabels() {
  PROVNET_ASSIGN_OR_RETURN(NpyArray<uint32_t> labels,
                           ReadNpy<uint32_t>(location_.directory / kLabelsFile));
  const uint64_t n = parts_.manifest.sample_count();
  if (labels.shape != std::vector<uint64_t>{n}) {
    return absl::DataLossError(absl::StrCat(
        kLabelsFile, " has shape [", absl::StrJoin(labels.shape, ", "), "], expected [", n, "]"));
  }
  const auto classes = static_cast<uint32_t>(parts_.manifest.class_names_size());
  const auto wrong = std::find_if(labels.values.begin(), labels.values.end(),
                                  [&](uint32_t y) { return y >= classes; });
  if (wrong != labels.values.end()) {
    return absl::DataLossError(absl::StrCat(kLabelsFile, " holds label ", *wrong, " for sample ",
                                            wrong - labels.values.begin(), ", expected less than ",
                                            classes));
  }
  parts_.labels = std::move(labels.values);
  return absl::OkStatus();
}

absl::Status BundleLoader::ReadMembershipReference() {
  if (!HasFile(kCalibrationFile)) return absl::OkStatus();
  PROVNET_ASSIGN_OR_RETURN(v1::MembershipCalibration calibration,
                           ReadMembershipCalibration(location_.directory));
  parts_.membership_reference = std::make_unique<const MembershipReference>(std::move(calibration));
  return absl::OkStatus();
}

absl::StatusOr<bool> BundleLoader::UseBFloat16(bool possible, absl::string_view why_not) const {
  const bool hardware = RowMatrix::HasBFloat16(parts_.model->device());
  if (options_.index_precision == "fp32") return false;
  if (options_.index_precision == "auto") return possible && hardware;
  if (options_.index_precision != "bf16") {
    return absl::InvalidArgumentError(absl::StrCat("index precision \"", options_.index_precision,
                                                   "\" is not known; expected auto, fp32 or bf16"));
  }
  if (!possible)
    return absl::FailedPreconditionError(absl::StrCat("index precision bf16: ", why_not));
  if (!hardware)
    return absl::FailedPreconditionError("index precision bf16: this processor has no AVX512-BF16");
  return true;
}

absl::Status BundleLoader::MakeIndexHeads() {
  const bool vectors = parts_.manifest.index_head().type() == v1::HEAD_TYPE_EMBEDDING;
  const bool linear = parts_.model->has_query() && parts_.model->has_rows();
  PROVNET_ASSIGN_OR_RETURN(
      const bool bf16, UseBFloat16(vectors || linear, "model.pt offers no query() with rows()"));
  parts_.precision_name = bf16 ? "bf16" : "fp32";
  PROVNET_ASSIGN_OR_RETURN(const bool approximate, SearchApproximately());
  parts_.search_name = approximate ? "approximate" : "exact";
  PROVNET_ASSIGN_OR_RETURN(parts_.index_head,
                           approximate ? MakeCellHead(bf16) : MakeIndexHead(bf16, /*pack=*/true));
  // The reference scores were measured in float32 over all samples, and so is what is compared with
  // them. It is asked rarely, so the model's own weights do where they can.
  if ((!bf16 && !approximate) || parts_.membership_reference == nullptr) return absl::OkStatus();
  PROVNET_ASSIGN_OR_RETURN(parts_.membership_head, MakeIndexHead(/*bf16=*/false, /*pack=*/false));
  return absl::OkStatus();
}

BundleLoader::HeadOr BundleLoader::MakeIndexHead(bool bf16, bool pack) {
  switch (parts_.manifest.index_head().type()) {
    case v1::HEAD_TYPE_EMBEDDING:
      return MakeVectorHead(bf16);
    case v1::HEAD_TYPE_CLASS_CONDITIONAL:
      return MakeLogitHead(
          CandidateLayout::PerClass(parts_.labels,
                                    static_cast<uint32_t>(parts_.manifest.class_names_size())),
          bf16, pack);
    case v1::HEAD_TYPE_CLASS_INDEPENDENT:
    case v1::HEAD_TYPE_SINGLE_BRANCH:
      return MakeLogitHead(CandidateLayout::AllSamples(parts_.manifest.sample_count()), bf16, pack);
    default:
      return absl::FailedPreconditionError(
          absl::StrCat("index head type ", parts_.manifest.index_head().type(), " in ",
                       kManifestFile, " is not known to this server"));
  }
}

absl::StatusOr<at::Tensor> BundleLoader::Vectors() const {
  if (!parts_.model->has_query())
    return absl::FailedPreconditionError(
        "model.pt has no method query(), which an embedding head needs");
  PROVNET_RETURN_IF_ERROR(CheckQuery(*parts_.model, parts_.manifest,
                                     static_cast<int64_t>(parts_.manifest.index_head().dim())));
  return ReadVectors(location_.directory, parts_.manifest);
}

BundleLoader::HeadOr BundleLoader::MakeVectorHead(bool bf16) {
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor rows, Vectors());
  PROVNET_ASSIGN_OR_RETURN(auto packed, TryTorch("pack the sample vectors", [&] {
                             return PackRows(rows, PrecisionOf(bf16), parts_.model->device());
                           }));
  return std::make_unique<const MatrixIndexHead>(
      *parts_.model, CandidateLayout::AllSamples(parts_.manifest.sample_count()), std::move(packed),
      parts_.manifest.index_head().scale());
}

absl::StatusOr<bool> BundleLoader::SearchApproximately() const {
  const std::string& search = options_.index_search;
  if (search != "auto" && search != "exact" && search != "approximate") {
    return absl::InvalidArgumentError(absl::StrCat("index search \"", search,
                                                   "\" is not known; expected auto, exact or "
                                                   "approximate"));
  }
  const bool possible =
      parts_.manifest.index_head().has_approximate() && parts_.model->device().is_cpu();
  if (search == "approximate" && !possible) {
    return absl::FailedPreconditionError(
        "index search approximate: it needs the CPU and a bundle with cells, which the trainer "
        "adds to embedding heads with many samples; use auto or exact");
  }
  return possible && search != "exact";
}

BundleLoader::HeadOr BundleLoader::MakeCellHead(bool bf16) {
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor rows, Vectors());
  PROVNET_ASSIGN_OR_RETURN(const Cells cells, ReadCells(location_.directory, parts_.manifest));
  const v1::IndexHeadSpec& head = parts_.manifest.index_head();
  PROVNET_ASSIGN_OR_RETURN(CellSearch search, TryTorch("pack the cells", [&] {
                             return CellSearch(rows, cells, head.approximate().probes(),
                                               PrecisionOf(bf16), head.scale());
                           }));
  return std::make_unique<const CellIndexHead>(*parts_.model, std::move(search));
}

BundleLoader::HeadOr BundleLoader::MakeLogitHead(CandidateLayout layout, bool bf16, bool pack) {
  const auto least = static_cast<int64_t>(layout.max_candidates());
  const bool faster = pack && parts_.model->has_query() && parts_.model->has_rows() &&
                      parts_.model->device().is_cpu() &&
                      PanelMatrix::CanMultiply(Precision::kFloat32);
  const bool own_product = bf16 || faster || !parts_.model->has_attribute();
  if (!own_product) {
    PROVNET_RETURN_IF_ERROR(CheckAttribute(*parts_.model, parts_.manifest, least));
    return std::make_unique<const LogitIndexHead>(*parts_.model, std::move(layout));
  }
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor rows,
                           CheckedRows(*parts_.model, parts_.manifest, least));
  PROVNET_ASSIGN_OR_RETURN(auto packed, TryTorch("pack the index rows", [&] {
                             return PackRows(rows, PrecisionOf(bf16), parts_.model->device());
                           }));
  return std::make_unique<const MatrixIndexHead>(*parts_.model, std::move(layout),
                                                 std::move(packed), /*scale=*/1.0F);
}

}  // namespace provnet
