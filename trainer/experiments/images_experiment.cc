#include "trainer/experiments/images_experiment.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "storage/base/status_macros.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/data/reference_set.h"
#include "trainer/experiments/measured_fit.h"
#include "trainer/experiments/membership_fit.h"

namespace provnet {
namespace {

constexpr double kSamples = 10'000;

double TrainedShare(const ExperimentOptions& options, size_t images) {
  // The others make the quick variant's reference and judgement.
  if (options.quick) return QuickShare(images) / 3;
  return std::min(1.0, kSamples / static_cast<double>(images));
}

// Whether enough images are left over to calibrate with and to judge by.
bool CanTellMembers(size_t images, double share) {
  return static_cast<double>(images) * (1 - share) >= 2.0 * kLeastHeldOut;
}

FitOptions FitOn(const ExperimentOptions& options, size_t images) {
  FitOptions fit = FitFor(options, v1::HEAD_TYPE_CLASS_CONDITIONAL);
  if (!options.quick) fit.training.size = BackboneSize::kMedium;
  fit.subset_fraction = TrainedShare(options, images);
  fit.membership_reference = "none";
  if (CanTellMembers(images, fit.subset_fraction)) {
    HoldOutReference(images, fit.subset_fraction, fit);
  }
  return fit;
}

// By the index head of the provenance network, and by the class head of either.
constexpr const char* kIndexAuc = "negative_entropy/as trained/auc";
constexpr const char* kClassAuc = "class_confidence/as trained/auc";

std::string Area(const Figures& figures, const char* name) {
  const auto figure = figures.find(name);
  return figure == figures.end() ? "-" : absl::StrFormat("%.4f", figure->second);
}

std::string Percent(double share) { return absl::StrFormat("%.2f %%", share * 100); }

ResultTable TableOf(Figures& provenance, Figures& plain) {
  const auto costs = [](Figures& figures) {
    return std::vector<std::string>{
        absl::StrFormat("%.0f s", figures["train_seconds"]),
        absl::StrFormat("%.0f MiB", figures["peak_rss_bytes"] / (1 << 20))};
  };
  std::vector<std::string> first = {"provenance network",
                                    Percent(provenance["test_accuracy"]),
                                    Percent(provenance["index_top1"]),
                                    Percent(provenance["index_top5"]),
                                    Percent(provenance["index_top5_shift2"]),
                                    Area(provenance, kIndexAuc),
                                    Area(provenance, kClassAuc)};
  std::vector<std::string> second = {
      "plain classifier",    Percent(plain["test_accuracy"]), "-", "-", "-", "-",
      Area(plain, kClassAuc)};
  for (const std::string& cost : costs(provenance)) first.push_back(cost);
  for (const std::string& cost : costs(plain)) second.push_back(cost);
  return {.title = "A provenance network beside a plain classifier",
          .columns = {"network", "test accuracy", "index top-1", "index top-5",
                      "index top-5, shifted", "membership AUC, index entropy",
                      "membership AUC, class confidence", "training", "peak memory"},
          .rows = {first, second},
          .note =
              "Index: the share of training images that name themselves first, or among the "
              "first five; shifted: after a move by two pixels. The classifier has the same "
              "backbone, views and schedule, and no index loss. Membership: trained images against "
              "others of the same source, in the record's own class."};
}

absl::StatusOr<ExperimentResult> Run(const ExperimentContext& context) {
  const ExperimentOptions& options = context.options;
  PROVNET_ASSIGN_OR_RETURN(const DatasetPair data, LoadDataset(options.dataset, options.seed));
  const FitOptions fit = FitOn(options, data.train.size());
  const BundleMeter meter =
      fit.membership_reference == "none" ? nullptr : MembershipFiguresMeter(context);
  PROVNET_ASSIGN_OR_RETURN(Figures provenance, context.journal.Step("provenance", [&] {
    return MeasuredFit(context, "provenance", fit, meter);
  }));
  PROVNET_ASSIGN_OR_RETURN(Figures plain, context.journal.Step("plain", [&] {
    FitOptions without = fit;
    without.training.lambda_index = 0;
    return MeasuredFit(context, "plain", without, meter);
  }));
  ExperimentResult result;
  for (const auto& [name, value] : provenance) {
    result.metrics[absl::StrCat("provenance/", name)] = value;
  }
  for (const char* name : {"test_accuracy", "train_seconds"}) {
    result.metrics[absl::StrCat("plain/", name)] = plain[name];
  }
  if (meter) {
    result.metrics["auc"] = provenance[kIndexAuc];
    result.metrics["plain/auc"] = plain[kClassAuc];
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
