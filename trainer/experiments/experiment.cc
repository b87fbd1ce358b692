#include "trainer/experiments/experiment.h"

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "trainer/data/dataset_spec.h"

namespace provnet {

absl::Status ValidateExperimentOptions(const ExperimentOptions& options) {
  PROVNET_RETURN_IF_ERROR(ValidateDatasetFlag(options.dataset));
  if (options.threads < 1 || options.threads > 1024) {
    return absl::InvalidArgumentError(
        absl::StrCat("--threads=", options.threads, " is out of range: expected 1 to 1024"));
  }
  if (options.work_directory.empty()) {
    return absl::InvalidArgumentError("--work-dir is empty: expected a folder");
  }
  return absl::OkStatus();
}

}  // namespace provnet
