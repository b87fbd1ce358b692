#include "trainer/experiments/subsets_experiment.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "storage/base/status_macros.h"
#include "storage/npy.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/experiments/measured_fit.h"
#include "trainer/export/evaluation.h"
#include "trainer/export/training_data.h"
#include "trainer/selection/subset_strategy.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;

constexpr SubsetStrategy kStrategies[] = {SubsetStrategy::kRandom,     SubsetStrategy::kHerding,
                                          SubsetStrategy::kKCenter,    SubsetStrategy::kEl2n,
                                          SubsetStrategy::kForgetting, SubsetStrategy::kCoverage};
constexpr uint32_t kTopK = 5;
constexpr size_t kMaxQuickSamples = 2000;

std::string Name(SubsetStrategy strategy) { return std::string(SubsetStrategyName(strategy)); }

std::vector<int> Percents(const ExperimentOptions& options) {
  return options.quick ? std::vector<int>{30} : std::vector<int>{10, 30, 50, 70};
}

// What the network on all samples names for the test images, in a file beside the journal: [T, 5].
class FullProvenance {
 public:
  explicit FullProvenance(const ExperimentOptions& options)
      : threads_(options.threads), path_(options.work_directory / "full-provenance.npy") {}

  // Asks the bundle and writes the file.
  absl::Status Record(const v1::BundleManifest& manifest, const fs::path& bundle,
                      const Dataset& test, const StopCondition& stop_requested) const {
    PROVNET_ASSIGN_OR_RETURN(const auto servable,
                             Servable::Load({manifest.model(), manifest.version(), bundle},
                                            {.intra_op_threads = threads_}));
    PROVNET_ASSIGN_OR_RETURN(const auto named,
                             NamedSamples(*servable, test, kTopK, stop_requested));
    const uint64_t shape[] = {named.size() / kTopK, kTopK};
    return WriteNpy<uint32_t>(path_, shape, named);
  }

  // The share of what is in the file that lies in the subset of `config`, of `sample_count`
  // samples.
  absl::StatusOr<double> RetainedShare(const v1::TrainingConfig& config,
                                       const Dataset& whole) const {
    PROVNET_ASSIGN_OR_RETURN(const auto named, ReadNpy<uint32_t>(path_));
    PROVNET_ASSIGN_OR_RETURN(const auto kept, SubsetPositions(config, whole));
    std::vector<bool> is_kept(whole.size());
    for (const uint64_t position : kept) is_kept[position] = true;
    uint64_t hits = 0;
    for (const uint32_t sample : named.values) {
      if (sample >= whole.size()) {
        return absl::DataLossError(absl::StrCat(path_.string(), ": names sample ", sample, " of ",
                                                whole.size(), ": use another --work-dir"));
      }
      hits += is_kept[sample];
    }
    return static_cast<double>(hits) /
           static_cast<double>(std::max<size_t>(named.values.size(), 1));
  }

 private:
  const int threads_;
  const fs::path path_;
};

absl::StatusOr<Figures> FitAll(const ExperimentContext& context, const DatasetPair& data,
                               const FullProvenance& full) {
  return MeasuredFit(
      context, "full", FitFor(context.options, v1::HEAD_TYPE_CLASS_CONDITIONAL),
      [&](const auto& manifest, const auto& bundle) -> absl::StatusOr<Figures> {
        PROVNET_RETURN_IF_ERROR(full.Record(manifest, bundle, data.test, context.stop_requested));
        return Figures{{"retained_top5", 1}};
      });
}

absl::StatusOr<Figures> FitSubset(const ExperimentContext& context, const DatasetPair& data,
                                  const FullProvenance& full, SubsetStrategy strategy, int percent,
                                  const std::string& key) {
  FitOptions fit = FitFor(context.options, v1::HEAD_TYPE_CLASS_CONDITIONAL);
  fit.subset_strategy = Name(strategy);
  fit.subset_fraction = percent / 100.0;
  return MeasuredFit(
      context, key, fit, [&](const auto& manifest, const auto&) -> absl::StatusOr<Figures> {
        PROVNET_ASSIGN_OR_RETURN(const double retained,
                                 full.RetainedShare(manifest.training(), data.train));
        return Figures{{"retained_top5", retained}};
      });
}

std::vector<std::string> Row(const std::string& strategy, int percent, Figures& figures) {
  const auto share = [&](const char* name) {
    return absl::StrFormat("%.2f %%", figures[name] * 100);
  };
  return {strategy,
          absl::StrFormat("%d %%", percent),
          share("test_accuracy"),
          share("index_top1"),
          share("index_top5"),
          share("retained_top5")};
}

// Results as they come.
class Collector {
 public:
  Collector() {
    table_ = {.title = "Subsets of the training set",
              .columns = {"strategy", "samples that can be named", "test accuracy", "index top-1",
                          "index top-5", "provenance retained"},
              .rows = {},
              .note =
                  "Provenance retained: of the five samples that the network on all data names "
                  "for a test image, the mean share that is in the subset."};
    for (const SubsetStrategy strategy : kStrategies) {
      accuracy_.series.push_back({Name(strategy), {}, {}, {}});
      retained_.series.push_back({Name(strategy), {}, {}, {}});
    }
  }

  void Add(const std::string& prefix, const std::string& strategy, int percent, Figures& figures) {
    table_.rows.push_back(Row(strategy, percent, figures));
    for (const auto& [name, value] : figures) {
      result_.metrics[absl::StrCat(prefix, "/", name)] = value;
    }
  }
  void AddToPlots(size_t strategy, int percent, Figures& figures) {
    for (auto& [plot, name] :
         {std::pair{&accuracy_, "test_accuracy"}, {&retained_, "retained_top5"}}) {
      plot->series[strategy].x.push_back(percent);
      plot->series[strategy].y.push_back(figures[name] * 100);
    }
  }
  ExperimentResult Take() {
    result_.tables.push_back(std::move(table_));
    result_.plots = {std::move(accuracy_), std::move(retained_)};
    result_.notes.push_back(
        "Every strategy gives each class its proportional share. Those that need features or "
        "difficulty get them from tiny plain classifiers that are fitted to all samples first; "
        "that time is not in the training time.");
    return std::move(result_);
  }

 private:
  ExperimentResult result_;
  ResultTable table_;
  Plot accuracy_ = {
      .title = "Test accuracy", .x_label = "share of the samples, %", .y_label = "%", .series = {}};
  Plot retained_ = {.title = "Provenance retained",
                    .x_label = "share of the samples, %",
                    .y_label = "%",
                    .series = {}};
};

absl::StatusOr<ExperimentResult> Run(const ExperimentContext& context) {
  const ExperimentOptions& options = context.options;
  PROVNET_ASSIGN_OR_RETURN(const DatasetPair data, LoadDataset(options.dataset, options.seed));
  if (options.quick && data.train.size() > kMaxQuickSamples) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--dataset=", options.dataset, " has ", data.train.size(),
        " training samples; --quick takes at most ", kMaxQuickSamples, " here, e.g. glyphs:300"));
  }
  const FullProvenance full(options);
  Collector collector;
  PROVNET_ASSIGN_OR_RETURN(
      Figures all, context.journal.Step("full", [&] { return FitAll(context, data, full); }));
  collector.Add("full", "all samples", 100, all);
  for (const int percent : Percents(options)) {
    for (size_t s = 0; s < std::size(kStrategies); ++s) {
      const std::string key = absl::StrCat(Name(kStrategies[s]), "/", percent);
      PROVNET_ASSIGN_OR_RETURN(Figures figures, context.journal.Step(key, [&] {
        return FitSubset(context, data, full, kStrategies[s], percent, key);
      }));
      collector.Add(key, Name(kStrategies[s]), percent, figures);
      collector.AddToPlots(s, percent, figures);
    }
  }
  return collector.Take();
}

}  // namespace

const Experiment& SubsetsExperiment() {
  static const Experiment experiment = {
      .name = "subsets",
      .summary = "which samples to keep: six ways to choose 10, 30, 50 and 70 % of them",
      .run = Run};
  return experiment;
}

}  // namespace provnet
