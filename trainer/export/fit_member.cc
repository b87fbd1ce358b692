#include "trainer/export/fit_member.h"

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "trainer/distributed/world.h"
#include "trainer/export/fit.h"
#include "trainer/export/fit_preparation.h"
#include "trainer/training/trainer.h"

namespace provnet {

absl::Status TakePartInFit(const FitOptions& options, ProgressListener& progress,
                           const Clock& clock, const StopCondition& stop_requested, World& world) {
  PROVNET_RETURN_IF_ERROR(ValidateFitOptions(options));
  const SubsetChooser as_rank_0 = [&](const v1::TrainingConfig&, const Dataset&) {
    return world.Read(kSubsetText);
  };
  PROVNET_ASSIGN_OR_RETURN(const PreparedFit fit, PrepareFit(options, as_rank_0, progress));
  PROVNET_RETURN_IF_ERROR(AgreeOnRun(fit.identity, world));
  TrainingContext context{.checkpoint = std::nullopt,
                          .progress = progress,
                          .clock = clock,
                          .stop_requested = stop_requested,
                          .device = options.device,
                          .world = &world};
  progress.Note(absl::StrCat("training as rank ", world.who().rank, " of ", world.who().ranks));
  PROVNET_RETURN_IF_ERROR(
      Train(fit.loaded.data.train, options.training, fit.identity, context).status());
  return world.Part();
}

}  // namespace provnet
