#include "trainer/export/fit_preparation.h"

#include <ATen/Parallel.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "storage/base/status_macros.h"
#include "trainer/export/bundle_contents.h"
#include "trainer/training/trainer.h"

namespace provnet {
namespace {

constexpr char kRunText[] = "run";

RunIdentity IdentityOf(const FitOptions& options, const v1::TrainingConfig& config) {
  RunIdentity identity = DescribeTrainingOptions(options.training);
  identity["subset"] = absl::StrCat(options.subset_fraction);
  identity["subset-strategy"] = options.subset_strategy;
  identity["dataset fingerprint"] = config.dataset_fingerprint();
  return identity;
}

}  // namespace

absl::StatusOr<PreparedFit> PrepareFit(const FitOptions& options, const SubsetChooser& choose,
                                       ProgressListener& progress) {
  progress.Note(absl::StrCat("reading ", options.dataset));
  at::set_num_threads(options.threads);
  v1::TrainingConfig config = DescribeData(options);
  PROVNET_ASSIGN_OR_RETURN(
      DatasetPair whole,
      LoadWholeData(config, {.strict = options.images.strict, .threads = options.threads}));
  for (const std::string& note : whole.train.notes) progress.Note(note);
  PROVNET_ASSIGN_OR_RETURN(*config.mutable_subset_mask(), choose(config, whole.train));
  PreparedFit fit;
  PROVNET_ASSIGN_OR_RETURN(fit.loaded, PrepareTrainingData(config, std::move(whole)));
  const Dataset& train = fit.loaded.data.train;
  PROVNET_ASSIGN_OR_RETURN(const NetworkSpec spec, SpecFor(train, options.training));
  fit.manifest = DescribeBundle(options, spec, train);
  fit.manifest.mutable_training()->set_subset_mask(config.subset_mask());
  fit.identity = IdentityOf(options, fit.manifest.training());
  return fit;
}

absl::Status AgreeOnRun(const RunIdentity& identity, World& world) {
  if (world.who().rank == 0) {
    return world.Post(kRunText, absl::StrJoin(identity, "\n", absl::PairFormatter("=")));
  }
  PROVNET_ASSIGN_OR_RETURN(const std::string text, world.Read(kRunText));
  std::vector<std::string> differences;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::pair<std::string, std::string> field = absl::StrSplit(line, absl::MaxSplits('=', 1));
    const auto own = identity.find(field.first);
    const std::string value = own == identity.end() ? "(none)" : own->second;
    if (value == field.second) continue;
    differences.push_back(
        absl::StrCat(field.first, " is ", value, ", and on rank 0 ", field.second));
  }
  if (differences.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("this is another run than that of rank 0: ", absl::StrJoin(differences, "; "),
                   ". Start all ranks with the same flags, on the same data"));
}

}  // namespace provnet
