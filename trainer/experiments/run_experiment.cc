#include "trainer/experiments/run_experiment.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"

namespace provnet {

absl::StatusOr<ExperimentResult> RunExperiment(const Experiment& experiment,
                                               const ExperimentOptions& options,
                                               ProgressListener& progress, const Clock& clock,
                                               const StopCondition& stop_requested) {
  PROVNET_RETURN_IF_ERROR(ValidateExperimentOptions(options));
  std::error_code error;
  std::filesystem::create_directories(options.work_directory, error);
  if (error) return ErrorCodeToStatus(error, "create", options.work_directory);
  PROVNET_ASSIGN_OR_RETURN(StepJournal journal,
                           StepJournal::Open(options.work_directory / kStepsFile,
                                             {{"experiment", std::string(experiment.name)},
                                              {"dataset", options.dataset},
                                              {"quick", options.quick ? "yes" : "no"},
                                              {"seed", absl::StrCat(options.seed)}}));
  if (journal.size() > 0) {
    progress.Note(absl::StrCat("going on after ", journal.size(), " finished steps"));
  }
  return experiment.run({.options = options,
                         .progress = progress,
                         .clock = clock,
                         .stop_requested = stop_requested,
                         .journal = journal});
}

}  // namespace provnet
