#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
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

Of a version that is not loaded there is no more to tell than where it stands and why.
)";

constexpr size_t kColumns = 7;
using Row = std::array<std::string, kColumns>;

std::string InputText(const v1::InputSpec& input) {
  return absl::StrCat(input.channels(), "x", input.height(), "x", input.width());
}

std::string StateText(const v1::ModelInfo& info) {
  if (info.state() == v1::ModelInfo::STATE_FAILED)
    return absl::StrCat("FAILED: ", Printable(info.error()));
  if (info.state() == v1::ModelInfo::STATE_LOADING) return "loading";
  if (info.state() != v1::ModelInfo::STATE_AVAILABLE) return "unknown";
  if (info.error().empty()) return "available";
  return absl::StrCat("available; its replacement FAILED: ", Printable(info.error()));
}

// Otherwise the server knows nothing of what is inside the version's bundle.
bool Loaded(const v1::ModelInfo& info) { return info.state() == v1::ModelInfo::STATE_AVAILABLE; }

Row RowFor(const v1::ModelInfo& info) {
  if (!Loaded(info)) {
    return {Printable(info.model().name()),
            absl::StrCat(info.model().version()),
            "-",
            "-",
            "-",
            "-",
            StateText(info)};
  }
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

// A metric that was not measured is 0 in the manifest, and no line.
void AppendShare(std::string& text, absl::string_view name, double share) {
  if (share > 0) AppendFact(text, name, absl::StrFormat("%.2f %%", share * 100));
}

std::string TrainedOn(const v1::GetModelResponse& model) {
  const v1::TrainingConfig& training = model.manifest().training();
  if (model.disclosure() != v1::DISCLOSURE_UNSPECIFIED)
    return absl::StrFormat("not disclosed to your role, %g of it, %d epochs",
                           training.subset_fraction(), training.epochs());
  return absl::StrFormat("%s, %g of it, %d epochs, seed %d", Printable(training.dataset()),
                         training.subset_fraction(), training.epochs(), training.seed());
}

// What the bundle holds.
std::string BundleFacts(const v1::GetModelResponse& model) {
  const v1::ModelInfo& info = model.info();
  const v1::BundleManifest& manifest = model.manifest();
  const v1::TrainingConfig& training = manifest.training();
  std::string text;
  if (manifest.has_created()) {
    AppendFact(
        text, "created",
        absl::FormatTime("%Y-%m-%d %H:%M:%S UTC",
                         absl::FromUnixSeconds(manifest.created().seconds()), absl::UTCTimeZone()));
  }
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
  if (manifest.has_training()) AppendFact(text, "trained on", TrainedOn(model));
  if (!training.dataset_fingerprint().empty())
    AppendFact(text, "dataset fingerprint", Printable(training.dataset_fingerprint()));
  return text;
}

// What was measured at the end of its training.
std::string MeasuredFacts(const v1::Metrics& metrics) {
  std::string text;
  AppendShare(text, "test accuracy", metrics.test_accuracy());
  AppendShare(text, "index top-1", metrics.index_top1());
  AppendShare(text, "index top-5", metrics.index_top5());
  AppendShare(text, "index top-1, shifted 2", metrics.index_top1_shift2());
  AppendShare(text, "index top-5, shifted 2", metrics.index_top5_shift2());
  AppendShare(text, "label agreement, top-5", metrics.label_agreement_top5());
  if (metrics.train_seconds() > 0) {
    AppendFact(text, "training time",
               absl::FormatDuration(absl::Seconds(static_cast<int64_t>(metrics.train_seconds()))));
  }
  if (metrics.peak_rss_bytes() > 0)
    AppendFact(text, "training memory",
               absl::StrCat(metrics.peak_rss_bytes() >> 20, " MiB at most"));
  return text;
}

std::string Description(const v1::GetModelResponse& model) {
  const v1::ModelInfo& info = model.info();
  const std::string headline = absl::StrCat(Printable(info.model().name()), " version ",
                                            info.model().version(), ": ", StateText(info), "\n");
  if (!Loaded(info)) return headline;
  return absl::StrCat(headline, "\n", BundleFacts(model), "\n",
                      MeasuredFacts(model.manifest().metrics()));
}

// Without the zeros that stand for what the server does not know.
void LeaveOutUnknown(const v1::ModelInfo& info, nlohmann::ordered_json& json) {
  if (Loaded(info)) return;
  for (const char* field : {"head", "class_count", "sample_count", "device", "index_precision",
                            "index_search", "labels"})
    json.erase(field);
}

std::string ModelsJson(const v1::ListModelsResponse& models) {
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(ProtoJson(models));
  for (int i = 0; i < models.models_size(); ++i)
    LeaveOutUnknown(models.models(i), json["models"][static_cast<size_t>(i)]);
  return absl::StrCat(json.dump(), "\n");
}

std::string ModelJson(const v1::GetModelResponse& model) {
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(ProtoJson(model));
  if (model.has_info()) LeaveOutUnknown(model.info(), json["info"]);
  for (int i = 0; i < model.other_versions_size(); ++i)
    LeaveOutUnknown(model.other_versions(i), json["other_versions"][static_cast<size_t>(i)]);
  return absl::StrCat(json.dump(), "\n");
}

// The model that is asked about: empty for all.
absl::StatusOr<v1::ModelSelector> Asked(const CommandLine& line) {
  v1::ModelSelector model = ModelFromFlags();
  if (line.arguments.empty()) return model;
  const std::string& name = line.arguments[0];
  if (line.flags.contains("model")) {
    return UsageError(absl::StrCat("the model is named twice, ", name,
                                   " and --model=", model.name(), "; leave one out"));
  }
  model.set_name(name);
  return model;
}

absl::StatusOr<int> RunModels(const CommandLine& line, Console& console) {
  v1::GetModelRequest request;
  PROVNET_ASSIGN_OR_RETURN(*request.mutable_model(), Asked(line));
  PROVNET_ASSIGN_OR_RETURN(Client client, Connect());
  const bool json = !absl::GetFlag(FLAGS_json).empty();
  if (request.model().name().empty() && !request.model().has_version()) {
    PROVNET_ASSIGN_OR_RETURN(v1::ListModelsResponse models, client.ListModels());
    if (json) {
      PROVNET_RETURN_IF_ERROR(EmitJson(ModelsJson(models), console));
    } else {
      console.out << (models.models().empty() ? "no models\n" : Table(models));
    }
    return kExitOk;
  }
  PROVNET_ASSIGN_OR_RETURN(v1::GetModelResponse model, client.GetModel(request));
  if (json) {
    PROVNET_RETURN_IF_ERROR(EmitJson(ModelJson(model), console));
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
