#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "client/cli/command.h"
#include "client/cli/explanation_json.h"
#include "client/cli/flags.h"
#include "proto/head_name.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

constexpr char kDetails[] =
    R"(Lists the models that the server has, or tells all about one.

  provnet models
  provnet models digits --version=3
)";

constexpr size_t kColumns = 7;
using Row = std::array<std::string, kColumns>;

std::string InputText(const v1::InputSpec& input) {
  return absl::StrCat(input.channels(), "x", input.height(), "x", input.width());
}

std::string StateText(const v1::ModelInfo& info) {
  if (info.state() == v1::ModelInfo::STATE_FAILED)
    return absl::StrCat("FAILED: ", Printable(info.error()));
  if (info.state() == v1::ModelInfo::STATE_AVAILABLE) return "available";
  return "unknown";
}

Row RowFor(const v1::ModelInfo& info) {
  return {Printable(info.model().name()),
          absl::StrCat(info.model().version()),
          HeadName(info.head()),
          InputText(info.input()),
          absl::StrCat(info.class_count()),
          absl::StrCat(info.sample_count()),
          StateText(info)};
}

std::string Table(const v1::ListModelsResponse& models) {
  std::vector<Row> rows = {{"MODEL", "VERSION", "HEAD", "INPUT", "CLASSES", "SAMPLES", "STATE"}};
  for (const v1::ModelInfo& info : models.models()) rows.push_back(RowFor(info));
  std::array<size_t, kColumns> widths = {};
  for (const Row& row : rows) {
    for (size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  std::string text;
  for (const Row& row : rows) {
    for (size_t i = 0; i + 1 < kColumns; ++i) {
      absl::StrAppend(&text, row[i], std::string(widths[i] - DisplayWidth(row[i]) + 2, ' '));
    }
    absl::StrAppend(&text, row.back(), "\n");
  }
  return text;
}

void AppendFact(std::string& text, absl::string_view name, absl::string_view value) {
  absl::StrAppendFormat(&text, "  %-24s %s\n", name, value);
}

void AppendShare(std::string& text, absl::string_view name, double share) {
  AppendFact(text, name, absl::StrFormat("%.2f %%", share * 100));
}

std::string TrainedOn(const v1::GetModelResponse& model) {
  const v1::TrainingConfig& training = model.manifest().training();
  if (model.disclosure() != v1::DISCLOSURE_UNSPECIFIED)
    return absl::StrFormat("not disclosed to your role, %g of it, %d epochs",
                           training.subset_fraction(), training.epochs());
  return absl::StrFormat("%s, %g of it, %d epochs, seed %d", Printable(training.dataset()),
                         training.subset_fraction(), training.epochs(), training.seed());
}

std::string Description(const v1::GetModelResponse& model) {
  const v1::ModelInfo& info = model.info();
  const v1::BundleManifest& manifest = model.manifest();
  const v1::TrainingConfig& training = manifest.training();
  const v1::Metrics& metrics = manifest.metrics();
  std::string text = absl::StrCat(Printable(info.model().name()), " version ",
                                  info.model().version(), ": ", StateText(info), "\n\n");
  AppendFact(
      text, "created",
      absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", absl::FromUnixSeconds(manifest.created().seconds()),
                       absl::UTCTimeZone()));
  AppendFact(text, "index head",
             absl::StrCat(HeadName(manifest.index_head().type()), ", ", manifest.index_head().dim(),
                          info.head() == v1::HEAD_TYPE_EMBEDDING ? " dimensions" : " outputs"));
  AppendFact(text, "input", InputText(manifest.input()));
  AppendFact(text, "classes",
             absl::StrCat(manifest.class_names_size(), ": ",
                          Printable(absl::StrJoin(manifest.class_names(), " "))));
  AppendFact(text, "training samples", absl::StrCat(manifest.sample_count()));
  AppendFact(text, "computes on",
             absl::StrCat(Printable(info.device()), ", index search in ",
                          Printable(info.index_precision())));
  AppendFact(text, "trained on", TrainedOn(model));
  if (!training.dataset_fingerprint().empty())
    AppendFact(text, "dataset fingerprint", Printable(training.dataset_fingerprint()));
  absl::StrAppend(&text, "\n");
  AppendShare(text, "test accuracy", metrics.test_accuracy());
  AppendShare(text, "index top-1", metrics.index_top1());
  AppendShare(text, "index top-5", metrics.index_top5());
  AppendShare(text, "index top-1, shifted 2", metrics.index_top1_shift2());
  AppendShare(text, "index top-5, shifted 2", metrics.index_top5_shift2());
  AppendShare(text, "label agreement, top-5", metrics.label_agreement_top5());
  AppendFact(text, "training time",
             absl::FormatDuration(absl::Seconds(static_cast<int64_t>(metrics.train_seconds()))));
  AppendFact(text, "training memory", absl::StrCat(metrics.peak_rss_bytes() >> 20, " MiB at most"));
  return text;
}

absl::StatusOr<int> RunModels(const std::vector<std::string>& arguments, Console& console) {
  PROVNET_ASSIGN_OR_RETURN(Client client, Connect());
  const bool json = !absl::GetFlag(FLAGS_json).empty();
  v1::GetModelRequest request;
  *request.mutable_model() = ModelFromFlags();
  if (!arguments.empty()) request.mutable_model()->set_name(arguments[0]);
  if (request.model().name().empty() && !request.model().has_version()) {
    PROVNET_ASSIGN_OR_RETURN(v1::ListModelsResponse models, client.ListModels());
    if (json) {
      PROVNET_RETURN_IF_ERROR(EmitJson(absl::StrCat(ProtoJson(models), "\n"), console));
    } else {
      console.out << (models.models().empty() ? "no models\n" : Table(models));
    }
    return kExitOk;
  }
  PROVNET_ASSIGN_OR_RETURN(v1::GetModelResponse model, client.GetModel(request));
  if (json) {
    PROVNET_RETURN_IF_ERROR(EmitJson(absl::StrCat(ProtoJson(model), "\n"), console));
  } else {
    console.out << Description(model);
  }
  return kExitOk;
}

}  // namespace

const Command& ModelsCommand() {
  static const Command* command = new Command{
      "models", "[NAME]", "list the server's models, or describe one", kDetails, {"json"}, 0,
      1,        RunModels};
  return *command;
}

}  // namespace provnet
