#ifndef PROVNET_SERVER_SERVICE_UNARY_CALL_H_
#define PROVNET_SERVER_SERVICE_UNARY_CALL_H_

#include <grpcpp/support/server_callback.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/batching/batch_task.h"
#include "server/service/call_environment.h"
#include "server/service/caller.h"
#include "storage/base/mutex.h"

namespace provnet {

// The reactor of every unary call: its record, its cancellation, its deadline, its end.
// Thread-safe.
//
// Owned jointly by gRPC (until OnDone) and by whoever still has to call FinishWith, so that neither
// can pull it away from the other.
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  static std::shared_ptr<UnaryCall> Start(Rpc rpc, grpc::CallbackServerContext& context,
                                          const CallEnvironment& environment);

  // Cancelled when the client gives up or its deadline passes.
  const CancelToken& token() const { return token_; }
  // Used by the thread that starts the call, before any other.
  Caller& caller() { return caller_; }
  // See Admission::status.
  const absl::Status& admission() const { return admission_.status(); }
  // On Clock::Monotonic().
  absl::Duration deadline() const { return deadline_; }

  // See RequestScope::trace.
  CallTrace* trace() const { return scope_.trace(); }

  // Ends the call. Call exactly once; the response is complete by then and is not touched any more.
  void FinishWith(const absl::Status& status);

 private:
  UnaryCall(Rpc rpc, grpc::CallbackServerContext& context, const CallEnvironment& environment);

  void OnCancel() override;
  void OnDone() override;

  const RequestScope scope_;
  Caller caller_;
  const absl::Duration deadline_;
  const Admission admission_;
  CancelToken token_;

  Mutex mutex_;
  // gRPC's share.
  std::shared_ptr<UnaryCall> self_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_UNARY_CALL_H_
