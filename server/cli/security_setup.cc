#include "server/cli/security_setup.h"

#include "absl/strings/str_cat.h"

namespace provnet {
namespace {

absl::Status Within(absl::string_view flag, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(flag, ": ", status.message()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<SecuritySetup>> SecuritySetup::Open(const SecurityOptions& options,
                                                                   const StructuredLog& log,
                                                                   SecurityProbe& metrics) {
  std::unique_ptr<SecuritySetup> setup(new SecuritySetup(log, metrics));
  if (!options.access.policy.empty()) {
    auto access = AccessControl::Open(options.access, setup->probe_);
    if (!access.ok()) return Within("--access-policy", access.status());
    setup->access_ = *std::move(access);
  }
  return setup;
}

}  // namespace provnet
