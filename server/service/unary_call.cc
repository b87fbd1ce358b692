#include "server/service/unary_call.h"

#include <utility>

#include "server/service/grpc_status.h"

namespace provnet {

UnaryCall::UnaryCall(Rpc rpc, grpc::CallbackServerContext& context,
                     const CallEnvironment& environment)
    : scope_(rpc, ExchangeIdentity(context, environment.telemetry.tracing), environment.telemetry),
      caller_(rpc, scope_.identity().id, context, environment.guards),
      deadline_(MonotonicDeadline(context, environment.telemetry.clock)),
      admission_(environment, caller_) {}

std::shared_ptr<UnaryCall> UnaryCall::Start(Rpc rpc, grpc::CallbackServerContext& context,
                                            const CallEnvironment& environment) {
  const std::shared_ptr<UnaryCall> call(new UnaryCall(rpc, context, environment));
  const MutexLock lock(call->mutex_);
  call->self_ = call;
  return call;
}

void UnaryCall::FinishWith(const absl::Status& status) {
  scope_.Finish(status);
  Finish(ToGrpcStatus(status));
}

void UnaryCall::OnCancel() {
  token_.Cancel();
  scope_.Abandoned();
}

void UnaryCall::OnDone() {
  std::shared_ptr<UnaryCall> self;
  {
    const MutexLock lock(mutex_);
    self = std::move(self_);
  }
  admission_.End();
}

}  // namespace provnet
