#include "trainer/experiments/alpha_experiment.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "storage/base/status_macros.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/experiments/measured_fit.h"

namespace provnet {
namespace {

std::vector<double> Alphas(const ExperimentOptions& options) {
  return options.quick ? std::vector<double>{0, 1} : std::vector<double>{0, 0.25, 0.5, 0.75, 1};
}

// The figures that trade off.
struct Curve {
  const char* figure;
  const char* name;
};
constexpr Curve kCurves[] = {{"test_accuracy", "class accuracy, test images"},
                             {"index_top1", "index top-1, training images"},
                             {"index_top5", "index top-5, training images"},
                             {"label_agreement_top5", "label agreement of the top 5, test images"}};

absl::StatusOr<ExperimentResult> Run(const ExperimentContext& context) {
  const ExperimentOptions& options = context.options;
  PROVNET_ASSIGN_OR_RETURN(const DatasetPair data, LoadDataset(options.dataset, options.seed));
  ExperimentResult result;
  ResultTable table{.title = "Label mixing in a single-branch network",
                    .columns = {"alpha"},
                    .rows = {},
                    .note =
                        "With probability alpha a step's target is another sample of the class: "
                        "0 memorises samples, 1 learns classes."};
  Plot plot{.title = "From memorising samples to learning classes",
            .x_label = "alpha",
            .y_label = "%",
            .series = {}};
  for (const Curve& curve : kCurves) {
    table.columns.emplace_back(curve.name);
    plot.series.push_back({curve.name, {}, {}, {}});
  }
  for (double alpha : Alphas(options)) {
    const std::string key = absl::StrCat(alpha);
    PROVNET_ASSIGN_OR_RETURN(Figures figures, context.journal.Step(key, [&] {
      FitOptions fit = FitFor(options, v1::HEAD_TYPE_SINGLE_BRANCH);
      fit.subset_fraction = StudyShare(options, data.train.size());
      fit.training.alpha = alpha;
      return MeasuredFit(context, key, fit);
    }));
    AddFigures(key, figures, result.metrics);
    std::vector<std::string> row = {key};
    for (size_t i = 0; i < std::size(kCurves); ++i) {
      const double percent = figures[kCurves[i].figure] * 100;
      row.push_back(absl::StrFormat("%.2f %%", percent));
      plot.series[i].x.push_back(alpha);
      plot.series[i].y.push_back(percent);
    }
    table.rows.push_back(std::move(row));
  }
  result.tables = {std::move(table)};
  result.plots = {std::move(plot)};
  return result;
}

}  // namespace

const Experiment& AlphaExperiment() {
  static const Experiment experiment = {
      .name = "alpha",
      .summary = "single-branch network between memorising samples and learning classes",
      .run = Run};
  return experiment;
}

}  // namespace provnet
