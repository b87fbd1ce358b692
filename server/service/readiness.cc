#include "server/service/readiness.h"

#include "storage/base/status_macros.h"

namespace provnet {

absl::Status DrainingError() {
  return absl::UnavailableError("the server is shutting down and takes no more requests");
}

absl::Status Readiness::Check() const {
  switch (state()) {
    case State::kServing:
      return absl::OkStatus();
    case State::kLoading:
      return absl::UnavailableError("the server is loading its models");
    case State::kDraining:
      return DrainingError();
  }
  return absl::InternalError("unknown state");
}

absl::Status Readiness::Check(Capability capability) const {
  PROVNET_RETURN_IF_ERROR(Check());
  for (const Condition& condition : conditions_[static_cast<size_t>(capability)])
    PROVNET_RETURN_IF_ERROR(condition());
  return absl::OkStatus();
}

}  // namespace provnet
