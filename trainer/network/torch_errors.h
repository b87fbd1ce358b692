#ifndef PROVNET_TRAINER_NETWORK_TORCH_ERRORS_H_
#define PROVNET_TRAINER_NETWORK_TORCH_ERRORS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace provnet {

// The status of the exception being handled: RESOURCE_EXHAUSTED for memory, INTERNAL otherwise;
// `action` says what was being done, e.g. "training epoch 3". Call from a catch block only.
absl::Status CurrentExceptionToStatus(absl::string_view action);

// Runs `work`, which returns absl::Status or absl::StatusOr<T>, and turns what LibTorch throws in
// it into a status: the boundary between LibTorch and the trainer's interfaces.
template <typename Work>
auto CatchTorchErrors(absl::string_view action, Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (...) {
    return CurrentExceptionToStatus(action);
  }
}

}  // namespace provnet

#endif  // PROVNET_TRAINER_NETWORK_TORCH_ERRORS_H_
