#ifndef PROVNET_CLIENT_BENCH_UNARY_LOAD_H_
#define PROVNET_CLIENT_BENCH_UNARY_LOAD_H_

#include <grpcpp/generic/generic_stub.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "client/bench/load_counters.h"
#include "client/bench/load_options.h"
#include "client/bench/pause.h"
#include "client/bench/request_cycle.h"
#include "client/rpc_failure.h"
#include "client/throttles.h"
#include "storage/base/mutex.h"

namespace provnet {

// Sends requests as one Explain call each and counts how they end. Callers are places for one call
// under way, made once and reused; answers are not parsed. Start one loop only. The destructor
// waits for every call.
class UnaryLoad {
 public:
  // `options` and `counters` outlive this object.
  UnaryLoad(const LoadOptions& options, absl::Span<const v1::ExplainRequest> requests,
            LoadCounters& counters);
  ~UnaryLoad();

  // Closed loop: options.concurrency callers that send one call after the other until `end`, after
  // a failure with a pause (PauseAfter).
  void StartClosed(absl::Duration end);

  // Open loop: one call that was due at `due`. Waits for a caller when options.max_outstanding
  // calls are under way.
  void SendOpen(absl::Duration due);

 private:
  struct Caller {
    CallTimes times;
    std::optional<grpc::ClientContext> context;
    grpc::ByteBuffer response;
    Pause pause;
  };
  using Then = std::function<void(const RpcFailure&)>;

  void SendClosed(Caller& caller, absl::Duration end);
  // Calls `then` with the outcome, whatever it is.
  void Send(Caller& caller, absl::Duration due, Then then);
  Caller* TakeCaller();
  void GiveBack(Caller* caller);

  const LoadOptions& options_;
  const Clock& clock_;
  LoadCounters& counters_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  RequestCycle requests_;
  Throttles throttles_;

  Mutex mutex_;
  CondVar freed_;
  std::vector<std::unique_ptr<Caller>> callers_ ABSL_GUARDED_BY(mutex_);
  std::vector<Caller*> free_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace provnet

#endif  // PROVNET_CLIENT_BENCH_UNARY_LOAD_H_
