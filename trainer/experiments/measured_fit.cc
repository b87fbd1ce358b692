#include "trainer/experiments/measured_fit.h"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "storage/bundle_verifier.h"
#include "storage/repository.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/export/fit.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

Figures FiguresOf(const v1::BundleManifest& manifest) {
  const v1::Metrics& metrics = manifest.metrics();
  return {{"test_accuracy", metrics.test_accuracy()},
          {"index_top1", metrics.index_top1()},
          {"index_top5", metrics.index_top5()},
          {"index_top1_shift2", metrics.index_top1_shift2()},
          {"index_top5_shift2", metrics.index_top5_shift2()},
          {"label_agreement_top5", metrics.label_agreement_top5()},
          {"train_seconds", metrics.train_seconds()},
          {"peak_rss_bytes", static_cast<double>(metrics.peak_rss_bytes())},
          {"parameters", static_cast<double>(manifest.parameter_count())},
          {"samples", static_cast<double>(manifest.sample_count())}};
}

// A folder's name for a step's key, e.g. "embedding-30".
std::string FolderName(absl::string_view key) {
  return absl::StrReplaceAll(key, {{"/", "-"}, {" ", "-"}, {".", "_"}, {"%", ""}});
}

// The bundle in fit.output: one that an interrupted step left there, or else of a new fit.
absl::StatusOr<v1::BundleManifest> FitOnce(const ExperimentContext& context, FitOptions fit) {
  PROVNET_ASSIGN_OR_RETURN(const std::vector<uint64_t> versions, ListVersions(fit.output));
  if (!versions.empty()) return VerifyBundle(fit.output / absl::StrCat(versions.back()));
  std::error_code unreadable;
  fit.threads = context.options.threads;
  fit.resume = fs::exists(CheckpointDirectoryPath(fit) / "checkpoint", unreadable);
  return RunFit(fit, context.progress, context.clock, context.stop_requested);
}

}  // namespace

absl::StatusOr<Figures> MeasuredFit(const ExperimentContext& context, absl::string_view key,
                                    FitOptions fit, const BundleMeter& meter) {
  context.progress.Note(absl::StrCat("fitting ", key));
  const fs::path model = context.options.work_directory / "models" / FolderName(key);
  fit.output = model;
  PROVNET_ASSIGN_OR_RETURN(const v1::BundleManifest manifest, FitOnce(context, std::move(fit)));
  Figures figures = FiguresOf(manifest);
  if (meter) {
    PROVNET_ASSIGN_OR_RETURN(const Figures more,
                             meter(manifest, model / absl::StrCat(manifest.version())));
    figures.insert(more.begin(), more.end());
  }
  std::error_code error;
  fs::remove_all(model, error);
  if (error) return ErrorCodeToStatus(error, "remove", model);
  return figures;
}

double QuickShare(size_t samples) {
  constexpr double kQuickSamples = 300;
  return std::min(1.0, kQuickSamples / static_cast<double>(samples));
}

double StudyShare(const ExperimentOptions& options, size_t samples) {
  return options.quick ? QuickShare(samples) : 0.3;
}

void AddFigures(absl::string_view key, const Figures& figures, Figures& metrics) {
  for (const auto& [name, value] : figures) metrics[absl::StrCat(key, "/", name)] = value;
}

FitOptions FitFor(const ExperimentOptions& options, v1::HeadType head) {
  FitOptions fit;
  fit.dataset = options.dataset;
  fit.training = DefaultTrainingOptions(head);
  SuitManySamples(fit.training);
  if (IsImageFolderSpec(options.dataset)) SuitPhotographs(fit.training);
  fit.training.seed = options.seed;
  if (options.quick) {
    fit.training.size = BackboneSize::kTiny;
    fit.training.epochs = 6;
    fit.training.batch_size = 32;
  }
  return fit;
}

}  // namespace provnet
