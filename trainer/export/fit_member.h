#ifndef PROVNET_TRAINER_EXPORT_FIT_MEMBER_H_
#define PROVNET_TRAINER_EXPORT_FIT_MEMBER_H_

#include "absl/status/status.h"
#include "storage/base/clock.h"
#include "trainer/export/fit_options.h"
#include "trainer/training/progress.h"
#include "trainer/training/stop_signal.h"

namespace provnet {

class World;

// Takes part, as a rank other than 0, in the fit that rank 0 of `world` runs by RunFit with equal
// options, of which the output and checkpoint folders have no effect here. Returns once the network
// is fitted; rank 0 then publishes it. Errors as those of RunFit; when rank 0 fails, so does this.
absl::Status TakePartInFit(const FitOptions& options, ProgressListener& progress,
                           const Clock& clock, const StopCondition& stop_requested, World& world);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPORT_FIT_MEMBER_H_
