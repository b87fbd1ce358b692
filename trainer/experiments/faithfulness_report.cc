#include "trainer/experiments/faithfulness_report.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "trainer/faithfulness/verdict.h"

namespace provnet {
namespace {

std::string MetricName(absl::string_view prefix, absl::string_view method) {
  return absl::StrCat(prefix, "_", absl::StrReplaceAll(method, {{"-", "_"}}));
}

void AddInterval(const std::string& name, const Interval& interval, Figures& metrics) {
  metrics[name] = interval.value;
  metrics[name + "_low"] = interval.low;
  metrics[name + "_high"] = interval.high;
}

Figures Metrics(const StudyResult& found) {
  Figures metrics = {{"lds_ceiling", found.ceiling.best_score},
                     {"seed_to_seed", found.ceiling.fit_to_fit},
                     {"reliability", found.ceiling.reliability},
                     {"accuracy", found.accuracy},
                     {"flip_rate_plain", found.control_flip_rate}};
  for (const MethodScore& method : found.methods) {
    AddInterval(MetricName("lds", method.method), method.score, metrics);
    metrics[MetricName("fits", method.method)] = method.cost.fits;
    metrics[MetricName("prepare_seconds", method.method)] = method.cost.prepare_seconds;
    metrics[MetricName("cache_bytes", method.method)] =
        static_cast<double>(method.cost.cache_bytes);
    metrics[MetricName("query_seconds", method.method)] = method.cost.query_seconds;
  }
  for (const Lead& lead : found.leads) {
    AddInterval(MetricName("lead_over", lead.over), lead.difference, metrics);
  }
  for (const auto& [head, share] : found.own_sample_first) {
    metrics[MetricName("own_sample_first", head)] = share;
  }
  for (const RemovalCurve& curve : found.removals) {
    for (size_t k = 0; k < curve.flip_rates.size(); ++k) {
      const std::string at = absl::StrCat("_at_", found.settings.removal_sizes[k]);
      metrics[MetricName("flip_rate" + at, curve.method)] = curve.flip_rates[k];
      metrics[MetricName("margin_drop" + at, curve.method)] = curve.margin_drops[k];
    }
  }
  return metrics;
}

const char* RoleName(MethodRole role) {
  switch (role) {
    case MethodRole::kHead:
      return "head";
    case MethodRole::kOnePass:
      return "one pass";
    case MethodRole::kReference:
      break;
  }
  return "reference";
}

std::string Bytes(uint64_t bytes) {
  if (bytes == 0) return "-";
  return bytes < 1 << 20 ? absl::StrFormat("%.0f KiB", static_cast<double>(bytes) / 1024)
                         : absl::StrFormat("%.1f MiB", static_cast<double>(bytes) / (1 << 20));
}

// The best first.
std::vector<const MethodScore*> ByScore(const std::vector<MethodScore>& methods) {
  std::vector<const MethodScore*> sorted;
  for (const MethodScore& method : methods) sorted.push_back(&method);
  std::stable_sort(sorted.begin(), sorted.end(), [](const MethodScore* a, const MethodScore* b) {
    return a->score.value > b->score.value;
  });
  return sorted;
}

ResultTable ScoreTable(const StudyResult& found) {
  ResultTable table{
      .title = "Linear datamodeling score",
      .columns = {"method", "kind", "score", "95 % interval", "of the ceiling", "fits",
                  "preparation", "cache", "a query"},
      .rows = {},
      .note = absl::StrFormat(
          "Mean Spearman correlation, over %d queries, between the summed scores of %d random "
          "halves of %d samples and the true class's margin under networks fitted to them, "
          "averaged over %d fits. Intervals: bootstrap over the halves. Preparation: once, "
          "without the fits. A query's time includes its forward passes.",
          found.settings.queries, found.settings.subsets, found.settings.samples,
          found.settings.fits)};
  for (const MethodScore* method : ByScore(found.methods)) {
    const AttributionCost& cost = method->cost;
    const double ceiling = found.ceiling.best_score;
    table.rows.push_back(
        {method->method, RoleName(method->role), absl::StrFormat("%.3f", method->score.value),
         absl::StrFormat("%.3f to %.3f", method->score.low, method->score.high),
         ceiling > 0 ? absl::StrFormat("%.0f %%", 100 * method->score.value / ceiling) : "-",
         absl::StrCat(cost.fits), absl::StrFormat("%.2f s", cost.prepare_seconds),
         Bytes(cost.cache_bytes), absl::StrFormat("%.2f ms", cost.query_seconds * 1e3)});
  }
  return table;
}

// The size that flips half of the queries: the median of the smallest ones, of which the missing
// are infinite.
std::string MedianFlip(const RemovalCurve& curve, uint64_t largest) {
  std::vector<uint64_t> sizes;
  for (const auto& smallest : curve.smallest_flips) sizes.push_back(smallest.value_or(largest + 1));
  std::sort(sizes.begin(), sizes.end());
  const uint64_t median = sizes[(sizes.size() - 1) / 2];
  return median > largest ? absl::StrCat("> ", largest) : absl::StrCat(median);
}

ResultTable RemovalTable(const StudyResult& found) {
  const StudySettings& settings = found.settings;
  const uint64_t largest = settings.removal_sizes.back();
  ResultTable table{
      .title = "Removing the highest-scored samples and fitting anew",
      .columns = {"method"},
      .rows = {},
      .note = absl::StrFormat(
          "Share of %d queries near a class boundary, which all networks fitted to all samples "
          "predict alike, whose prediction flips: the class with the highest probability, averaged "
          "over %d fits. With nothing removed %.1f %% flip. The margin's drop is that of "
          "ln p / (1 - p), with its standard error over the queries.",
          found.removals.front().smallest_flips.size(), settings.removal_fits,
          100 * found.control_flip_rate)};
  for (uint64_t size : settings.removal_sizes) {
    table.columns.push_back(absl::StrCat("without ", size));
  }
  table.columns.push_back("half flip at");
  table.columns.push_back(absl::StrCat("margin's drop at ", largest));
  for (const RemovalCurve& curve : found.removals) {
    std::vector<std::string>& row = table.rows.emplace_back();
    row.push_back(curve.method);
    for (double rate : curve.flip_rates) row.push_back(absl::StrFormat("%.0f %%", 100 * rate));
    row.push_back(MedianFlip(curve, largest));
    row.push_back(absl::StrFormat("%.2f +- %.2f", curve.margin_drops.back(),
                                  curve.margin_drop_errors.back()));
  }
  return table;
}

Plot ScorePlot(const StudyResult& found) {
  Plot plot{.title = "Linear datamodeling score, with 95 % intervals",
            .x_label = "",
            .y_label = "score",
            .series = {{"our heads", {}, {}, {}},
                       {"one pass, one search", {}, {}, {}},
                       {"references", {}, {}, {}}}};
  for (const MethodScore* method : ByScore(found.methods)) {
    Series& series = plot.series[static_cast<size_t>(method->role)];
    series.x.push_back(static_cast<double>(plot.bar_names.size()));
    series.y.push_back(method->score.value);
    series.y_low.push_back(method->score.low);
    series.y_high.push_back(method->score.high);
    plot.bar_names.push_back(method->method);
  }
  if (found.ceiling.best_score > 0) {
    plot.limit = found.ceiling.best_score;
    plot.limit_name = "ceiling";
  }
  return plot;
}

// A figure of each removal curve over the number of samples left out.
Plot RemovalPlot(const StudyResult& found, Plot plot, double factor,
                 std::vector<double> RemovalCurve::*figure,
                 std::vector<double> RemovalCurve::*error) {
  for (const RemovalCurve& curve : found.removals) {
    Series& series = plot.series.emplace_back();
    series.name = curve.method;
    series.x.assign(found.settings.removal_sizes.begin(), found.settings.removal_sizes.end());
    for (double value : curve.*figure) series.y.push_back(factor * value);
    if (error != nullptr) series.y_error = curve.*error;
  }
  return plot;
}

std::vector<std::string> Notes(const StudyResult& found) {
  const auto heads =
      absl::StrJoin(found.own_sample_first, ", ", [](std::string* out, const auto& head) {
        absl::StrAppend(out, head.first, absl::StrFormat(" %.0f %%", 100 * head.second));
      });
  return {absl::StrFormat(
              "Two fits to one half that differ in their seed alone correlate by %.3f over the "
              "halves, so the mean of %d is reliable to %.3f, and the expected margin itself would "
              "score %.3f: the ceiling. Single networks classify %.1f %% of the test samples "
              "rightly. The heads put a training image's own row first within its class in: %s.",
              found.ceiling.fit_to_fit, found.settings.fits, found.ceiling.reliability,
              found.ceiling.best_score, 100 * found.accuracy, heads),
          "docs/faithfulness.md defines every method and says how to read the tables."};
}

}  // namespace

ExperimentResult FaithfulnessReport(const StudyResult& found) {
  ExperimentResult result{.verdict = Verdict(found),
                          .metrics = Metrics(found),
                          .tables = {ScoreTable(found)},
                          .plots = {ScorePlot(found)},
                          .notes = Notes(found)};
  if (found.removals.empty()) return result;
  result.tables.push_back(RemovalTable(found));
  result.plots.push_back(
      RemovalPlot(found,
                  {.title = "Predictions that flip without the highest-scored samples",
                   .x_label = "samples left out",
                   .y_label = "%",
                   .series = {}},
                  100, &RemovalCurve::flip_rates, nullptr));
  result.plots.push_back(
      RemovalPlot(found,
                  {.title = "How far the margin falls without the highest-scored samples",
                   .x_label = "samples left out",
                   .y_label = "fall of ln p / (1 - p)",
                   .series = {}},
                  1, &RemovalCurve::margin_drops, &RemovalCurve::margin_drop_errors));
  return result;
}

}  // namespace provnet
