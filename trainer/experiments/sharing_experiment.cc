#include "trainer/experiments/sharing_experiment.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "proto/head_name.h"
#include "storage/base/status_macros.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/experiments/measured_fit.h"

namespace provnet {
namespace {

constexpr v1::HeadType kHeads[] = {v1::HEAD_TYPE_CLASS_CONDITIONAL, v1::HEAD_TYPE_EMBEDDING};
constexpr Sharing kLevels[] = {Sharing::kNothing, Sharing::kOneBlock, Sharing::kTwoBlocks,
                               Sharing::kEverything};

ResultTable EmptyTable() {
  return {.title = "What the branches share",
          .columns = {"head", "sharing", "test accuracy", "index top-1", "index top-5",
                      "top-5, shifted by 2 pixels", "parameters", "training"},
          .rows = {},
          .note =
              "I: two separate backbones; II: the first block is shared; III: the first two; "
              "IV: one backbone. Retrieval is of training images."};
}

absl::StatusOr<ExperimentResult> Run(const ExperimentContext& context) {
  const ExperimentOptions& options = context.options;
  PROVNET_ASSIGN_OR_RETURN(const DatasetPair data, LoadDataset(options.dataset, options.seed));
  ExperimentResult result;
  ResultTable table = EmptyTable();
  Plot accuracy{.title = "Test accuracy", .x_label = "blocks shared", .y_label = "%", .series = {}};
  Plot retrieval = accuracy;
  retrieval.title = "Index top-1 on the training images";
  for (v1::HeadType head : kHeads) {
    accuracy.series.push_back({HeadName(head), {}, {}, {}});
    retrieval.series.push_back({HeadName(head), {}, {}, {}});
    for (Sharing level : kLevels) {
      const std::string key = absl::StrCat(HeadName(head), "/", SharingName(level));
      PROVNET_ASSIGN_OR_RETURN(Figures figures, context.journal.Step(key, [&] {
        FitOptions fit = FitFor(options, head);
        fit.subset_fraction = StudyShare(options, data.train.size());
        fit.training.sharing = level;
        return MeasuredFit(context, key, fit);
      }));
      AddFigures(key, figures, result.metrics);
      const auto percent = [&](const char* figure) {
        return absl::StrFormat("%.2f %%", figures[figure] * 100);
      };
      table.rows.push_back({HeadName(head), std::string(SharingName(level)),
                            percent("test_accuracy"), percent("index_top1"), percent("index_top5"),
                            percent("index_top5_shift2"),
                            absl::StrFormat("%.2f M", figures["parameters"] / 1e6),
                            absl::StrFormat("%.0f s", figures["train_seconds"])});
      const double blocks = SharedBlocks(level);
      accuracy.series.back().x.push_back(blocks);
      accuracy.series.back().y.push_back(figures["test_accuracy"] * 100);
      retrieval.series.back().x.push_back(blocks);
      retrieval.series.back().y.push_back(figures["index_top1"] * 100);
    }
  }
  result.tables = {std::move(table)};
  result.plots = {std::move(accuracy), std::move(retrieval)};
  return result;
}

}  // namespace

const Experiment& SharingExperiment() {
  static const Experiment experiment = {
      .name = "sharing",
      .summary = "how much of the backbone class and index branch should share: levels I to IV",
      .run = Run};
  return experiment;
}

}  // namespace provnet
