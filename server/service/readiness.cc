#include "server/service/readiness.h"

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

}  // namespace provnet
