#include "trainer/experiments/faithfulness_experiment.h"

#include "storage/base/status_macros.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/experiments/faithfulness_report.h"
#include "trainer/faithfulness/study.h"

namespace provnet {
namespace {

absl::StatusOr<ExperimentResult> Run(const ExperimentContext& context) {
  const ExperimentOptions& options = context.options;
  PROVNET_ASSIGN_OR_RETURN(const DatasetPair data, LoadDataset(options.dataset, options.seed));
  const StudyContext study{.seed = options.seed,
                           .threads = options.threads,
                           .work_directory = options.work_directory,
                           .progress = context.progress,
                           .stop_requested = context.stop_requested};
  PROVNET_ASSIGN_OR_RETURN(
      const StudyResult found,
      RunFaithfulnessStudy(data, options.quick ? QuickStudy() : StudySettings(), study));
  return FaithfulnessReport(found);
}

}  // namespace

const Experiment& FaithfulnessExperiment() {
  static const Experiment experiment = {
      .name = "faithfulness",
      .summary = "whether named samples are those that retraining shows to matter, by method",
      .run = Run};
  return experiment;
}

}  // namespace provnet
