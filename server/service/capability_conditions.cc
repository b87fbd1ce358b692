#include "server/service/capability_conditions.h"

#include "absl/strings/str_cat.h"

namespace provnet {

absl::Status CheckStoresSound(const ModelRegistry& models) {
  for (const ModelReport& report : models.Reports()) {
    if (report.served == nullptr) continue;
    const uint64_t damaged = report.served->handle->samples().damaged_reads();
    if (damaged == 0) continue;
    return absl::DataLossError(absl::StrCat(
        "model \"", report.location.model, "\" version ", report.location.version, ": ", damaged,
        " reads of its sample store met damage; copy the version again, or publish another"));
  }
  return absl::OkStatus();
}

absl::Status CheckSomeReference(const ModelRegistry& models) {
  for (const ModelReport& report : models.Reports()) {
    if (report.served != nullptr && report.served->handle->membership_reference() != nullptr)
      return absl::OkStatus();
  }
  return absl::FailedPreconditionError("no version that is served has a membership reference");
}

}  // namespace provnet
