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
#include "server/model/mapped_memory.h"
#include "server/model/torch_status.h"
#include "storage/base/background_pace.h"
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
// The overlap with fp32 from which on a precision counts as good enough.
constexpr double kSameAnswers = 0.999;

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
    return absl::FailedPreconditionError(
        absl::StrCat(kManifestFile, " names ", parts_.manifest.model(), " version ",
                     parts_.manifest.version(), ", but the folder is ", location_.model, "/",
                     location_.version, "; give the folder the name that the manifest says"));
  }
  PROVNET_RETURN_IF_ERROR(ReadParts());
  PROVNET_RETURN_IF_ERROR(CheckClassifier(*parts_.model, parts_.manifest));
  YieldToForeground();
  PROVNET_RETURN_IF_ERROR(MakeIndexHeads());
  const bool golden = HasFile(kGoldenFile);
  parts_.has_golden_answers = golden;
  auto servable = std::shared_ptr<const TorchServable>(new TorchServable(std::move(parts_)));
  YieldToForeground();
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
  const MappedMemoryScope mapped;
  PROVNET_ASSIGN_OR_RETURN(const c10::Device device, ResolveDevice(options_.device));
  PROVNET_ASSIGN_OR_RETURN(ScriptModel model,
                           ScriptModel::Load(location_.directory / kModelFile, device));
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor probe, TryTorch("make the probe", [&] {
                             return ProbeInputs(parts_.manifest, device, kProbeInputs);
                           }));
  YieldToForeground();
  parts_.optimised_features = model.SpeedUpFeatures(probe);
  YieldToForeground();
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

bool BundleLoader::Verified(Precision precision) const {
  const auto& checks = parts_.manifest.index_head().precision_checks();
  return std::none_of(checks.begin(), checks.end(), [&](const v1::PrecisionCheck& check) {
    return check.index_precision() == PrecisionName(precision) && check.overlap() < kSameAnswers;
  });
}

absl::StatusOr<Precision> BundleLoader::ChoosePrecision(bool possible, bool approximate) const {
  const std::string& wanted = options_.index_precision;
  const bool bf16 = RowMatrix::HasBFloat16(parts_.model->device());
  const bool int8 = parts_.model->device().is_cpu() && PanelMatrix::CanMultiply(Precision::kInt8);
  if (wanted == "fp32") return Precision::kFloat32;
  if (wanted == "auto") {
    // On GPUs bf16 saves memory, not time (docs/results.md), and has no exact logits to rank by.
    const bool faster = bf16 && parts_.model->device().is_cpu();
    return possible && faster && Verified(Precision::kBFloat16) ? Precision::kBFloat16
                                                                : Precision::kFloat32;
  }
  if (wanted != "bf16" && wanted != "int8") {
    return absl::InvalidArgumentError(absl::StrCat(
        "index precision \"", wanted, "\" is not known; expected auto, fp32, bf16 or int8"));
  }
  const auto refuse = [&](absl::string_view why) {
    return absl::FailedPreconditionError(absl::StrCat("index precision ", wanted, ": ", why));
  };
  if (!possible) return refuse("model.pt offers no query() with rows()");
  if (wanted == "bf16") {
    if (!bf16) return refuse("this processor has no AVX512-BF16");
    return Precision::kBFloat16;
  }
  if (!int8) return refuse("it needs a CPU with AVX512-VNNI");
  if (approximate) return refuse("the approximate search has none; use --index-search=exact");
  return Precision::kInt8;
}

absl::Status BundleLoader::MakeIndexHeads() {
  const MappedMemoryScope mapped;
  const bool vectors = parts_.manifest.index_head().type() == v1::HEAD_TYPE_EMBEDDING;
  const bool linear = parts_.model->has_query() && parts_.model->has_rows();
  PROVNET_ASSIGN_OR_RETURN(const bool approximate, SearchApproximately());
  PROVNET_ASSIGN_OR_RETURN(const Precision precision,
                           ChoosePrecision(vectors || linear, approximate));
  parts_.precision_name = PrecisionName(precision);
  parts_.search_name = approximate ? "approximate" : "exact";
  PROVNET_ASSIGN_OR_RETURN(parts_.index_head, approximate
                                                  ? MakeCellHead(precision)
                                                  : MakeIndexHead(precision, /*pack=*/true));
  // The reference scores were measured in float32 over all samples, and so is what is compared with
  // them. It is asked rarely, so the model's own weights do where they can.
  const bool exact = precision == Precision::kFloat32 && !approximate;
  if (exact || parts_.membership_reference == nullptr) return absl::OkStatus();
  PROVNET_ASSIGN_OR_RETURN(parts_.membership_head,
                           MakeIndexHead(Precision::kFloat32, /*pack=*/false));
  return absl::OkStatus();
}

BundleLoader::HeadOr BundleLoader::MakeIndexHead(Precision precision, bool pack) {
  switch (parts_.manifest.index_head().type()) {
    case v1::HEAD_TYPE_EMBEDDING:
      return MakeVectorHead(precision);
    case v1::HEAD_TYPE_CLASS_CONDITIONAL:
      return MakeLogitHead(
          CandidateLayout::PerClass(parts_.labels,
                                    static_cast<uint32_t>(parts_.manifest.class_names_size())),
          precision, pack);
    case v1::HEAD_TYPE_CLASS_INDEPENDENT:
    case v1::HEAD_TYPE_SINGLE_BRANCH:
      return MakeLogitHead(CandidateLayout::AllSamples(parts_.manifest.sample_count()), precision,
                           pack);
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

BundleLoader::HeadOr BundleLoader::MakeVectorHead(Precision precision) {
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor rows, Vectors());
  PROVNET_ASSIGN_OR_RETURN(auto packed, TryTorch("pack the sample vectors", [&] {
                             return PackRows(rows, precision, parts_.model->device());
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

BundleLoader::HeadOr BundleLoader::MakeCellHead(Precision precision) {
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor rows, Vectors());
  PROVNET_ASSIGN_OR_RETURN(const Cells cells, ReadCells(location_.directory, parts_.manifest));
  const v1::IndexHeadSpec& head = parts_.manifest.index_head();
  PROVNET_ASSIGN_OR_RETURN(CellSearch search, TryTorch("pack the cells", [&] {
                             return CellSearch(rows, cells, head.approximate().probes(), precision,
                                               head.scale());
                           }));
  return std::make_unique<const CellIndexHead>(*parts_.model, std::move(search));
}

BundleLoader::HeadOr BundleLoader::MakeLogitHead(CandidateLayout layout, Precision precision,
                                                 bool pack) {
  const auto least = static_cast<int64_t>(layout.max_candidates());
  const bool faster = pack && parts_.model->has_query() && parts_.model->has_rows() &&
                      parts_.model->device().is_cpu() &&
                      PanelMatrix::CanMultiply(Precision::kFloat32);
  const bool own_product =
      precision != Precision::kFloat32 || faster || !parts_.model->has_attribute();
  if (!own_product) {
    PROVNET_RETURN_IF_ERROR(CheckAttribute(*parts_.model, parts_.manifest, least));
    return std::make_unique<const LogitIndexHead>(*parts_.model, std::move(layout));
  }
  PROVNET_ASSIGN_OR_RETURN(const at::Tensor rows,
                           CheckedRows(*parts_.model, parts_.manifest, least));
  PROVNET_ASSIGN_OR_RETURN(auto packed, TryTorch("pack the index rows", [&] {
                             return PackRows(rows, precision, parts_.model->device());
                           }));
  return std::make_unique<const MatrixIndexHead>(*parts_.model, std::move(layout),
                                                 std::move(packed), /*scale=*/1.0F);
}

}  // namespace provnet
