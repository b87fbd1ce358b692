#ifndef PROVNET_SERVER_MODEL_TORCH_STATUS_H_
#define PROVNET_SERVER_MODEL_TORCH_STATUS_H_

#include <exception>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace provnet {

// The status of the exception in flight, prefixed with `action` ("load model.pt"):
// RESOURCE_EXHAUSTED when memory ran out, else INTERNAL with the first line of LibTorch's text.
// Call inside a catch block.
absl::Status CurrentTorchError(absl::string_view action);

// What TryTorch makes of a result: a status or StatusOr stays what it is, nothing becomes a status.
template <typename Result>
struct TorchResult {
  using Type = absl::StatusOr<Result>;
};
template <>
struct TorchResult<void> {
  using Type = absl::Status;
};
template <>
struct TorchResult<absl::Status> {
  using Type = absl::Status;
};
template <typename Value>
struct TorchResult<absl::StatusOr<Value>> {
  using Type = absl::StatusOr<Value>;
};

// Runs `function`, the one way in which LibTorch is called: its exceptions become statuses.
//   PROVNET_ASSIGN_OR_RETURN(at::Tensor y, TryTorch("multiply", [&] { return at::mm(a, b); }));
template <typename Function>
auto TryTorch(absl::string_view action, Function&& function) ->
    typename TorchResult<std::decay_t<std::invoke_result_t<Function>>>::Type {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Function>>) {
      std::forward<Function>(function)();
      return absl::OkStatus();
    } else {
      return std::forward<Function>(function)();
    }
  } catch (const std::exception&) {
    return CurrentTorchError(action);
  }
}

}  // namespace provnet

#endif  // PROVNET_SERVER_MODEL_TORCH_STATUS_H_
