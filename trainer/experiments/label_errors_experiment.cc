#include "trainer/experiments/label_errors_experiment.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "storage/base/status_macros.h"
#include "trainer/audit/audit.h"
#include "trainer/audit/ranking_quality.h"
#include "trainer/data/random.h"
#include "trainer/experiments/index_entropy.h"
#include "trainer/export/training_data.h"

namespace provnet {
namespace {

constexpr uint64_t kNearDuplicates = 500;
constexpr uint64_t kChanceStream = 0xc4a9ce;
// Shares of the list at which the curves have points, in percent.
constexpr int kInspected[] = {1, 2, 5, 8, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100};

struct Noise {
  const char* spec;
  // As metrics spell it.
  const char* name;
};
constexpr Noise kNoises[] = {{"symmetric:0.1", "symmetric_10"},
                             {"asymmetric:0.1", "asymmetric_10"},
                             {"asymmetric:0.2", "asymmetric_20"}};

// Pairs beyond the injected ones that are named, so that one can look at them.
constexpr int kNamedPairs = 10;

// Ways to score labels, in the order of the tables; the audit's own has no suffix.
struct Scorer {
  const char* name;
  const char* suffix;
};
constexpr Scorer kScorers[] = {{"audit", ""},
                               {"out-of-fold self-confidence", "_self_confidence"},
                               {"neighbours", "_neighbours"},
                               {"index branch entropy", "_index_entropy"},
                               {"random", "_random"}};

absl::StatusOr<TrainingData> LoadNoisy(const ExperimentOptions& options, const std::string& noise,
                                       uint64_t near_duplicates) {
  v1::TrainingConfig config;
  config.set_dataset(options.dataset);
  config.set_subset_fraction(1);
  config.set_seed(options.seed);
  config.set_label_noise(noise);
  config.set_near_duplicates(near_duplicates);
  return LoadTrainingData(config);
}

AuditOptions OptionsFor(const ExperimentOptions& options) {
  AuditOptions audit = DefaultAuditOptions(options.seed, options.threads);
  if (options.quick) audit.out_of_fold.training.epochs = 4;
  return audit;
}

// 1 minus the probability of the label under the first round's models: cleanlab's self-confidence.
std::vector<double> SelfDoubt(const FloatMatrix& log_probabilities,
                              const std::vector<uint32_t>& labels) {
  std::vector<double> scores;
  for (size_t i = 0; i < labels.size(); ++i) {
    scores.push_back(-log_probabilities.row(i)[labels[i]]);
  }
  return scores;
}

std::vector<double> NeighbourDoubt(const NeighbourLists& neighbours,
                                   const std::vector<uint32_t>& labels, size_t classes) {
  return ScoreLabels(FloatMatrix(labels.size(), classes),
                     NeighbourVotes(neighbours, labels, classes), labels)
      .log_odds;
}

std::vector<double> Chance(size_t count, uint64_t seed) {
  Rng rng(MixSeed(seed, kChanceStream));
  std::vector<double> scores(count);
  for (double& score : scores) score = rng.Uniform();
  return scores;
}

void Enter(const std::string& suffix, const std::vector<double>& scores,
           const std::vector<bool>& wrong, Figures& figures) {
  figures[absl::StrCat("auroc", suffix)] = AreaUnderRoc(scores, wrong);
  for (const int percent : kInspected) {
    figures[absl::StrCat("found_in_", percent, suffix)] =
        FoundInFirst(percent / 100.0, scores, wrong);
  }
}

// The audit keeps its fits in a journal of its own, since a step may take many minutes.
absl::StatusOr<std::unique_ptr<AuditJournal>> OpenFits(const ExperimentContext& context,
                                                       const Noise& noise) {
  return AuditJournal::Open(
      context.options.work_directory / absl::StrCat("fits-", noise.name, ".jsonl"),
      {{"dataset", context.options.dataset},
       {"seed", absl::StrCat(context.options.seed)},
       {"quick", absl::StrCat(context.options.quick)}});
}

absl::StatusOr<Figures> MeasureNoise(const ExperimentContext& context, const Noise& noise) {
  const ExperimentOptions& options = context.options;
  PROVNET_ASSIGN_OR_RETURN(const TrainingData loaded, LoadNoisy(options, noise.spec, 0));
  const Dataset& data = loaded.data.train;
  std::vector<bool> wrong;
  for (size_t i = 0; i < data.size(); ++i) {
    wrong.push_back(data.labels[i] != loaded.true_labels[i]);
  }
  PROVNET_ASSIGN_OR_RETURN(const auto fits, OpenFits(context, noise));
  PROVNET_ASSIGN_OR_RETURN(const AuditResult audit, Audit(data, OptionsFor(options),
                                                          {context.progress, context.clock,
                                                           context.stop_requested, fits.get()}));
  Figures figures;
  Enter("", audit.labels.log_odds, wrong, figures);
  Enter("_self_confidence", SelfDoubt(audit.first_round.log_probabilities, data.labels), wrong,
        figures);
  Enter("_neighbours",
        NeighbourDoubt(audit.first_round.neighbours, data.labels, data.class_names.size()), wrong,
        figures);
  Enter("_random", Chance(data.size(), options.seed), wrong, figures);
  uint64_t corrected = 0;
  for (size_t i = 0; i < data.size(); ++i) {
    corrected += wrong[i] && audit.labels.suggested[i] == loaded.true_labels[i];
  }
  const auto errors = static_cast<double>(std::count(wrong.begin(), wrong.end(), true));
  figures["errors"] = errors;
  figures["estimated_errors"] = audit.joint.estimated_errors;
  figures["rightly_corrected"] = static_cast<double>(corrected) / errors;
  std::error_code ignored;
  std::filesystem::remove(options.work_directory / absl::StrCat("fits-", noise.name, ".jsonl"),
                          ignored);
  return figures;
}

absl::StatusOr<Figures> MeasureEntropy(const ExperimentContext& context, const Noise& noise) {
  PROVNET_ASSIGN_OR_RETURN(const TrainingData loaded, LoadNoisy(context.options, noise.spec, 0));
  const Dataset& data = loaded.data.train;
  std::vector<bool> wrong;
  for (size_t i = 0; i < data.size(); ++i) {
    wrong.push_back(data.labels[i] != loaded.true_labels[i]);
  }
  PROVNET_ASSIGN_OR_RETURN(const std::vector<double> entropies, IndexBranchEntropy(data, context));
  Figures figures;
  Enter("_index_entropy", entropies, wrong, figures);
  return figures;
}

// The closest pairs that were flagged, but not injected.
void EnterOthers(const NearDuplicates& found, const std::vector<InjectedDuplicate>& injected,
                 Figures& figures) {
  std::set<std::pair<uint64_t, uint64_t>> known;
  for (const InjectedDuplicate& duplicate : injected) {
    known.emplace(duplicate.original, duplicate.copy);
  }
  int others = 0;
  for (const NearDuplicatePair& pair : found.pairs) {
    if (known.count({pair.first, pair.second}) > 0 || others == kNamedPairs) continue;
    const std::string name = absl::StrCat("other_", others++);
    figures[name + "_first"] = pair.first;
    figures[name + "_second"] = pair.second;
    figures[name + "_ratio"] = pair.ratio;
  }
}

absl::StatusOr<Figures> MeasureNearDuplicates(const ExperimentContext& context) {
  const ExperimentOptions& options = context.options;
  PROVNET_ASSIGN_OR_RETURN(const TrainingData clean, LoadNoisy(options, "", 0));
  const uint64_t count = std::min<uint64_t>(kNearDuplicates, clean.data.train.size() / 20);
  PROVNET_ASSIGN_OR_RETURN(const TrainingData loaded, LoadNoisy(options, "", count));
  context.progress.Note(absl::StrCat("looking for ", count, " injected near duplicates"));
  PROVNET_ASSIGN_OR_RETURN(
      const NearDuplicates found,
      FindNearDuplicates(loaded.data.train, OptionsFor(options).near_duplicates,
                         context.stop_requested));
  std::set<std::pair<uint64_t, uint64_t>> flagged;
  for (const NearDuplicatePair& pair : found.pairs) flagged.emplace(pair.first, pair.second);
  Figures figures;
  double hits = 0;
  for (const InjectedDuplicate& duplicate : loaded.duplicates) {
    const bool hit = flagged.count({duplicate.original, duplicate.copy}) > 0;
    hits += hit;
    figures[absl::StrCat("injected_", DuplicateKindName(duplicate.kind))] += 1;
    figures[absl::StrCat("found_", DuplicateKindName(duplicate.kind))] += hit;
  }
  const auto pairs = static_cast<double>(found.pairs.size());
  figures["precision"] = pairs > 0 ? hits / pairs : 0;
  figures["recall"] = hits / static_cast<double>(std::max<uint64_t>(count, 1));
  figures["beyond_the_injected"] = pairs - hits;
  figures["threshold"] = found.threshold;
  EnterOthers(found, loaded.duplicates, figures);
  return figures;
}

// NaN stands for "not measured".
double FigureOf(const Figures& figures, const std::string& name) {
  const auto found = figures.find(name);
  return found == figures.end() ? std::nan("") : found->second;
}

std::string Share(double value) {
  return std::isnan(value) ? "" : absl::StrFormat("%.2f %%", value * 100);
}

Plot CurvesOf(const Noise& noise, const Figures& figures) {
  Plot plot{.title = absl::StrCat("Label errors found, ", noise.spec),
            .x_label = "share of the list inspected, %",
            .y_label = "share of the errors found, %",
            .series = {}};
  for (const Scorer& scorer : kScorers) {
    Series series{scorer.name, {0}, {0}, {}};
    for (const int percent : kInspected) {
      const double found = FigureOf(figures, absl::StrCat("found_in_", percent, scorer.suffix));
      if (std::isnan(found)) continue;
      series.x.push_back(percent);
      series.y.push_back(found * 100);
    }
    if (series.x.size() > 1) plot.series.push_back(std::move(series));
  }
  return plot;
}

void Report(const Noise& noise, const Figures& figures, ExperimentResult& result) {
  ResultTable& table = result.tables.front();
  for (const Scorer& scorer : kScorers) {
    const double auroc = FigureOf(figures, absl::StrCat("auroc", scorer.suffix));
    const double found = FigureOf(figures, absl::StrCat("found_in_10", scorer.suffix));
    if (std::isnan(auroc)) continue;
    result.metrics[absl::StrCat("auroc_", noise.name, scorer.suffix)] = auroc;
    result.metrics[absl::StrCat("found_in_first_10_percent_", noise.name, scorer.suffix)] = found;
    table.rows.push_back({noise.spec, scorer.name, absl::StrFormat("%.4f", auroc), Share(found),
                          Share(FigureOf(figures, absl::StrCat("found_in_20", scorer.suffix)))});
  }
  for (const char* name : {"errors", "estimated_errors", "rightly_corrected"}) {
    result.metrics[absl::StrCat(name, "_", noise.name)] = FigureOf(figures, name);
  }
  result.tables[1].rows.push_back({noise.spec, absl::StrFormat("%.0f", FigureOf(figures, "errors")),
                                   absl::StrFormat("%.0f", FigureOf(figures, "estimated_errors")),
                                   Share(FigureOf(figures, "rightly_corrected"))});
  result.plots.push_back(CurvesOf(noise, figures));
}

void ReportNearDuplicates(const Figures& figures, ExperimentResult& result) {
  result.metrics["near_duplicate_precision"] = FigureOf(figures, "precision");
  result.metrics["near_duplicate_recall"] = FigureOf(figures, "recall");
  result.metrics["near_duplicates_beyond_the_injected"] = FigureOf(figures, "beyond_the_injected");
  ResultTable table{
      .title = "Injected near duplicates",
      .columns = {"kind", "injected", "found"},
      .rows = {},
      .note = absl::StrFormat(
          "%.0f pairs beyond the injected ones were flagged; all count against precision, though "
          "some may be alike for real. The threshold, %.3f of the distance to other neighbours, "
          "was read off the data's own distances.",
          FigureOf(figures, "beyond_the_injected"), FigureOf(figures, "threshold"))};
  for (const auto kind :
       {DuplicateKind::kShifted, DuplicateKind::kRotated, DuplicateKind::kNoisy}) {
    const std::string name = DuplicateKindName(kind);
    table.rows.push_back({name, absl::StrFormat("%.0f", FigureOf(figures, "injected_" + name)),
                          absl::StrFormat("%.0f", FigureOf(figures, "found_" + name))});
  }
  result.tables.push_back(std::move(table));
  ResultTable others{.title = "Flagged beyond the injected",
                     .columns = {"training sample", "and", "share of the distance to others"},
                     .rows = {},
                     .note = "The closest of them, to be looked at."};
  for (int i = 0; i < kNamedPairs; ++i) {
    const std::string name = absl::StrCat("other_", i);
    if (figures.count(name + "_first") == 0) break;
    others.rows.push_back({absl::StrFormat("%.0f", FigureOf(figures, name + "_first")),
                           absl::StrFormat("%.0f", FigureOf(figures, name + "_second")),
                           absl::StrFormat("%.3f", FigureOf(figures, name + "_ratio"))});
  }
  if (!others.rows.empty()) result.tables.push_back(std::move(others));
}

ExperimentResult EmptyResult() {
  ExperimentResult result;
  result.tables = {
      {.title = "Which labels were changed",
       .columns = {"noise", "scores", "AUROC", "found in the first 10 %", "in the first 20 %"},
       .rows = {},
       .note = "Share of the changed labels among the first of the ranked list."},
      {.title = "How many, and what they should be",
       .columns = {"noise", "changed", "estimated", "true label suggested"},
       .rows = {},
       .note = ""}};
  result.notes = {
      "The audit never sees the true labels. Self-confidence (cleanlab's score) and neighbours are "
      "the first round's models on their own; the entropy is that of a class-conditional network "
      "that was fitted to the changed labels: it has memorised them."};
  return result;
}

absl::StatusOr<ExperimentResult> Run(const ExperimentContext& context) {
  PROVNET_RETURN_IF_ERROR(LoadNoisy(context.options, kNoises[0].spec, 0).status());
  ExperimentResult result = EmptyResult();
  for (const Noise& noise : kNoises) {
    PROVNET_ASSIGN_OR_RETURN(Figures figures, context.journal.Step(noise.name, [&] {
      return MeasureNoise(context, noise);
    }));
    if (&noise == &kNoises[0]) {
      PROVNET_ASSIGN_OR_RETURN(const Figures entropy, context.journal.Step("index entropy", [&] {
        return MeasureEntropy(context, noise);
      }));
      figures.insert(entropy.begin(), entropy.end());
    }
    Report(noise, figures, result);
  }
  PROVNET_ASSIGN_OR_RETURN(const Figures duplicates, context.journal.Step("near duplicates", [&] {
    return MeasureNearDuplicates(context);
  }));
  ReportNearDuplicates(duplicates, result);
  return result;
}

}  // namespace

const Experiment& LabelErrorsExperiment() {
  static const Experiment experiment = {
      .name = "label-errors",
      .summary = "what an audit finds of changed labels and injected near duplicates",
      .run = Run};
  return experiment;
}

}  // namespace provnet
