#ifndef PROVNET_SERVER_SERVICE_RPC_H_
#define PROVNET_SERVER_SERVICE_RPC_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace provnet {

// What is timed, counted and logged.
enum class Rpc {
  kExplain,
  // A whole stream, from its opening to its end.
  kExplainStream,
  // One request within a stream.
  kExplainStreamRequest,
  kGetExemplars,
  kCheckMembership,
  kListModels,
  kGetModel,
};
inline constexpr size_t kRpcCount = 7;

constexpr absl::string_view RpcName(Rpc rpc) {
  constexpr absl::string_view kNames[kRpcCount] = {
      "Explain",    "ExplainStream", "ExplainStreamRequest", "GetExemplars", "CheckMembership",
      "ListModels", "GetModel"};
  return kNames[static_cast<size_t>(rpc)];
}

// What the service tells the world about its requests. Thread-safe and quick.
class RequestProbe {
 public:
  virtual ~RequestProbe() = default;

  virtual void RequestFinished(Rpc rpc, absl::StatusCode code, absl::Duration took) = 0;
  // The caller gave up before the answer: it cancelled, its deadline passed, or it is gone.
  virtual void RequestAbandoned(Rpc rpc) = 0;
  // The stored records of that many samples were asked for and are damaged (DATA_LOSS).
  virtual void SamplesDamaged(size_t count) = 0;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_RPC_H_
