#ifndef PROVNET_SERVER_SECURITY_PROTECTED_RPC_H_
#define PROVNET_SERVER_SECURITY_PROTECTED_RPC_H_

#include <cstddef>
#include <optional>

#include "absl/strings/string_view.h"

namespace provnet {

// The calls that a policy grants or denies.
enum class ProtectedRpc {
  kExplain,
  kExplainStream,
  kGetExemplars,
  kCheckMembership,
  kListModels,
  kGetModel,
};
inline constexpr size_t kProtectedRpcCount = 6;

constexpr absl::string_view ProtectedRpcName(ProtectedRpc rpc) {
  constexpr absl::string_view kNames[kProtectedRpcCount] = {
      "Explain", "ExplainStream", "GetExemplars", "CheckMembership", "ListModels", "GetModel"};
  return kNames[static_cast<size_t>(rpc)];
}

constexpr std::optional<ProtectedRpc> FindProtectedRpc(absl::string_view name) {
  for (size_t i = 0; i < kProtectedRpcCount; ++i) {
    const auto rpc = static_cast<ProtectedRpc>(i);
    if (ProtectedRpcName(rpc) == name) return rpc;
  }
  return std::nullopt;
}

}  // namespace provnet

#endif  // PROVNET_SERVER_SECURITY_PROTECTED_RPC_H_
