#ifndef PROVNET_CLIENT_BENCH_PAUSE_H_
#define PROVNET_CLIENT_BENCH_PAUSE_H_

#include <grpcpp/alarm.h>

#include <functional>
#include <optional>

#include "absl/time/time.h"
#include "client/rpc_failure.h"

namespace provnet {

// How long a caller of the closed loop waits after a call that ended like this: as long as the
// server advises. A caller who comes back at once keeps an overloaded server busy with refusals.
absl::Duration PauseAfter(const RpcFailure& failure);

// One pause at a time. Thread-compatible.
class Pause {
 public:
  // Calls `then` once `duration` has passed, on a thread of gRPC's. Not before the last one ended.
  void Begin(absl::Duration duration, std::function<void()> then);

 private:
  // Made anew each time: gRPC does not say whether an alarm may be set while it goes off.
  std::optional<grpc::Alarm> alarm_;
};

}  // namespace provnet

#endif  // PROVNET_CLIENT_BENCH_PAUSE_H_
