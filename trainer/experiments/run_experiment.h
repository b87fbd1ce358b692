#ifndef PROVNET_TRAINER_EXPERIMENTS_RUN_EXPERIMENT_H_
#define PROVNET_TRAINER_EXPERIMENTS_RUN_EXPERIMENT_H_

#include "absl/status/statusor.h"
#include "storage/base/clock.h"
#include "trainer/experiments/experiment.h"
#include "trainer/training/progress.h"
#include "trainer/training/stop_signal.h"

namespace provnet {

// The name of an experiment's journal in its work directory.
inline constexpr char kStepsFile[] = "steps.jsonl";

// Runs `experiment` with its journal in its work directory, which is created when missing: what an
// earlier run of the same experiment, data set, seed and variant finished is not done again. The
// options are checked first. FAILED_PRECONDITION when the folder holds another study; otherwise the
// experiment's own errors.
absl::StatusOr<ExperimentResult> RunExperiment(const Experiment& experiment,
                                               const ExperimentOptions& options,
                                               ProgressListener& progress, const Clock& clock,
                                               const StopCondition& stop_requested);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_RUN_EXPERIMENT_H_
