#include "server/service/readiness.h"

namespace provnet {

absl::Status Readiness::Check() const {
  switch (state()) {
    case State::kServing:
      return absl::OkStatus();
    case State::kLoading:
      return absl::UnavailableError("the server is loading its models");
    case State::kDraining:
      return absl::UnavailableError("the server is shutting down and takes no more requests");
  }
  return absl::InternalError("unknown state");
}

}  // namespace provnet
