#include "trainer/experiments/images_experiment.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "storage/base/status_macros.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/experiments/measured_fit.h"

namespace provnet {
namespace {

constexpr double kSamples = 10'000;

FitOptions FitOn(const ExperimentOptions& options, double share) {
  FitOptions fit = FitFor(options, v1::HEAD_TYPE_CLASS_CONDITIONAL);
  if (!options.quick) fit.training.size = BackboneSize::kMedium;
  fit.subset_fraction = share;
  return fit;
}

std::string Percent(double share) { return absl::StrFormat("%.2f %%", share * 100); }

ResultTable TableOf(Figures& provenance, Figures& plain) {
  const auto costs = [](Figures& figures) {
    return std::vector<std::string>{
        absl::StrFormat("%.0f s", figures["train_seconds"]),
        absl::StrFormat("%.0f MiB", figures["peak_rss_bytes"] / (1 << 20))};
  };
  std::vector<std::string> first = {
      "provenance network", Percent(provenance["test_accuracy"]), Percent(provenance["index_top1"]),
      Percent(provenance["index_top5"]), Percent(provenance["index_top5_shift2"])};
  std::vector<std::string> second = {"plain classifier", Percent(plain["test_accuracy"]), "-", "-",
                                     "-"};
  for (const std::string& cost : costs(provenance)) first.push_back(cost);
  for (const std::string& cost : costs(plain)) second.push_back(cost);
  return {.title = "A provenance network beside a plain classifier",
          .columns = {"network", "test accuracy", "index top-1", "index top-5",
                      "index top-5, shifted", "training", "peak memory"},
          .rows = {first, second},
          .note =
              "Index: the share of training images that name themselves first, or among the "
              "first five; shifted: after a move by two pixels. The classifier has the same "
              "backbone, views and schedule, and no index loss."};
}

absl::StatusOr<ExperimentResult> Run(const ExperimentContext& context) {
  const ExperimentOptions& options = context.options;
  PROVNET_ASSIGN_OR_RETURN(const DatasetPair data, LoadDataset(options.dataset, options.seed));
  const double size = static_cast<double>(data.train.size());
  const double share =
      options.quick ? QuickShare(data.train.size()) : std::min(1.0, kSamples / size);
  const FitOptions fit = FitOn(options, share);
  PROVNET_ASSIGN_OR_RETURN(Figures provenance, context.journal.Step("provenance", [&] {
    return MeasuredFit(context, "provenance", fit);
  }));
  PROVNET_ASSIGN_OR_RETURN(Figures plain, context.journal.Step("plain", [&] {
    FitOptions without = fit;
    without.training.lambda_index = 0;
    return MeasuredFit(context, "plain", without);
  }));
  ExperimentResult result;
  for (const auto& [name, value] : provenance) {
    result.metrics[absl::StrCat("provenance/", name)] = value;
  }
  for (const char* name : {"test_accuracy", "train_seconds"}) {
    result.metrics[absl::StrCat("plain/", name)] = plain[name];
  }
  result.metrics["accuracy_cost"] = plain["test_accuracy"] - provenance["test_accuracy"];
  result.tables.push_back(TableOf(provenance, plain));
  result.notes.push_back(absl::StrFormat(
      "Both networks: backbone %s, %d epochs on %.0f of the %d training samples, views %s.",
      std::string(BackboneSizeName(fit.training.size)), fit.training.epochs, provenance["samples"],
      data.train.size(), fit.training.augment.flip_probability > 0 ? "mirrored" : "not mirrored"));
  return result;
}

}  // namespace

const Experiment& ImagesExperiment() {
  static const Experiment experiment = {
      .name = "images",
      .summary = "a provenance network on 10,000 photographs beside a plain classifier",
      .run = Run};
  return experiment;
}

}  // namespace provnet
