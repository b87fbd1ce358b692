#ifndef PROVNET_TRAINER_EXPORT_FIT_PREPARATION_H_
#define PROVNET_TRAINER_EXPORT_FIT_PREPARATION_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "provnet/v1/bundle.pb.h"
#include "trainer/distributed/world.h"
#include "trainer/export/fit_options.h"
#include "trainer/export/training_data.h"
#include "trainer/training/checkpoint.h"
#include "trainer/training/progress.h"

namespace provnet {

// What a fit has before it trains; the same for equal options, in every process.
struct PreparedFit {
  TrainingData loaded;
  // Without metrics, and without what BundleWriter fills.
  v1::BundleManifest manifest;
  RunIdentity identity;
};

// The mask of the subset of `whole` that `config` asks for, see ChooseSubsetMask.
using SubsetChooser = std::function<absl::StatusOr<std::string>(const v1::TrainingConfig& config,
                                                                const Dataset& whole)>;

// Reads the data that `options` names and takes the subset of it. Configures LibTorch's threads.
// Errors of the steps pass.
absl::StatusOr<PreparedFit> PrepareFit(const FitOptions& options, const SubsetChooser& choose,
                                       ProgressListener& progress);

// Whether all ranks of `world` were started for the same run. Rank 0 tells the others what its run
// is and doesn't wait; FAILED_PRECONDITION on a rank whose `identity` is another: names each
// difference.
absl::Status AgreeOnRun(const RunIdentity& identity, World& world);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPORT_FIT_PREPARATION_H_
