#ifndef PROVNET_TRAINER_NETWORK_TORCH_ERRORS_H_
#define PROVNET_TRAINER_NETWORK_TORCH_ERRORS_H_

#include <exception>
#include <utility>

#include "absl/strings/string_view.h"
#include "server/model/torch_status.h"

namespace provnet {

// Like TryTorch for work that returns a status itself: runs `work`, which returns absl::Status or
// absl::StatusOr<T>, and turns what LibTorch throws in it into a status "cannot <action>: ...".
template <typename Work>
auto CatchTorchErrors(absl::string_view action, Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (const std::exception&) {
    return CurrentTorchError(action);
  }
}

}  // namespace provnet

#endif  // PROVNET_TRAINER_NETWORK_TORCH_ERRORS_H_
