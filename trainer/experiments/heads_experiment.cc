#include "trainer/experiments/heads_experiment.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "proto/head_name.h"
#include "storage/base/status_macros.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/experiments/measured_fit.h"

namespace provnet {
namespace {

constexpr v1::HeadType kHeads[] = {v1::HEAD_TYPE_CLASS_CONDITIONAL, v1::HEAD_TYPE_EMBEDDING,
                                   v1::HEAD_TYPE_CLASS_INDEPENDENT, v1::HEAD_TYPE_SINGLE_BRANCH};

// The cheap ones first: those fits are done soonest.
std::vector<int> Percents(const ExperimentOptions& options) {
  return options.quick ? std::vector<int>{50, 100} : std::vector<int>{30, 50, 70, 100};
}

ResultTable EmptyTable() {
  return {.title = "Index heads and the size of the training set",
          .columns = {"head", "share", "samples", "test accuracy", "index top-1", "index top-5",
                      "parameters", "training", "peak memory"},
          .rows = {},
          .note =
              "Retrieval: the share of training images whose own sample comes first, or among "
              "the first five. The paper's class-conditional network reaches 79.72 % index "
              "top-1 on 30 % of MNIST and 69.94 % on 50 %."};
}

std::vector<std::string> Row(v1::HeadType head, int percent, Figures& figures) {
  return {HeadName(head),
          absl::StrFormat("%d %%", percent),
          absl::StrFormat("%.0f", figures["samples"]),
          absl::StrFormat("%.2f %%", figures["test_accuracy"] * 100),
          absl::StrFormat("%.2f %%", figures["index_top1"] * 100),
          absl::StrFormat("%.2f %%", figures["index_top5"] * 100),
          absl::StrFormat("%.2f M", figures["parameters"] / 1e6),
          absl::StrFormat("%.0f s", figures["train_seconds"]),
          absl::StrFormat("%.0f MiB", figures["peak_rss_bytes"] / (1 << 20))};
}

// The curves of one figure over the number of samples, one a head.
class FigurePlot {
 public:
  FigurePlot(const char* figure, double factor, const char* title, const char* y_label)
      : figure_(figure), factor_(factor) {
    plot_ = {.title = title, .x_label = "training samples", .y_label = y_label, .series = {}};
    for (v1::HeadType head : kHeads) plot_.series.push_back({HeadName(head), {}, {}, {}});
  }

  void Add(size_t head, Figures& figures) {
    plot_.series[head].x.push_back(figures["samples"]);
    plot_.series[head].y.push_back(figures[figure_] * factor_);
  }
  const Plot& plot() const { return plot_; }

 private:
  const char* figure_;
  double factor_;
  Plot plot_;
};

absl::StatusOr<ExperimentResult> Run(const ExperimentContext& context) {
  const ExperimentOptions& options = context.options;
  PROVNET_ASSIGN_OR_RETURN(const DatasetPair data, LoadDataset(options.dataset, options.seed));
  const double whole = options.quick ? QuickShare(data.train.size()) : 1;
  ExperimentResult result;
  ResultTable table = EmptyTable();
  std::vector<FigurePlot> plots = {{"index_top1", 100, "Index top-1 on the training images", "%"},
                                   {"index_top5", 100, "Index top-5 on the training images", "%"},
                                   {"test_accuracy", 100, "Test accuracy", "%"},
                                   {"train_seconds", 1, "Training time", "s"},
                                   {"peak_rss_bytes", 1.0 / (1 << 20), "Peak memory", "MiB"},
                                   {"parameters", 1e-6, "Parameters", "millions"}};
  for (int percent : Percents(options)) {
    for (size_t h = 0; h < std::size(kHeads); ++h) {
      const std::string key = absl::StrCat(HeadName(kHeads[h]), "/", percent);
      PROVNET_ASSIGN_OR_RETURN(Figures figures, context.journal.Step(key, [&] {
        FitOptions fit = FitFor(options, kHeads[h]);
        fit.subset_fraction = whole * percent / 100;
        return MeasuredFit(context, key, fit);
      }));
      AddFigures(key, figures, result.metrics);
      table.rows.push_back(Row(kHeads[h], percent, figures));
      for (FigurePlot& plot : plots) plot.Add(h, figures);
    }
  }
  result.tables.push_back(std::move(table));
  for (const FigurePlot& plot : plots) result.plots.push_back(plot.plot());
  result.notes = {
      "Each fit is measured as a client of the server would see it: the bundle is published, "
      "loaded "
      "by the serving engine and asked. Training time excludes that; peak memory includes it, and "
      "the writing of checkpoints after each epoch."};
  return result;
}

}  // namespace

const Experiment& HeadsExperiment() {
  static const Experiment experiment = {
      .name = "heads",
      .summary =
          "four index heads on 30, 50, 70 and 100 % of the samples: accuracy, retrieval, cost",
      .run = Run};
  return experiment;
}

}  // namespace provnet
