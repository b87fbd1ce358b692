#include "server/service/request_scope.h"

#include <utility>

#include "absl/time/clock.h"

namespace provnet {

RequestScope::RequestScope(Rpc rpc, RequestIdentity identity, const Telemetry& telemetry,
                           std::optional<uint64_t> number)
    : rpc_(rpc),
      identity_(std::move(identity)),
      number_(number),
      telemetry_(telemetry),
      start_(telemetry.clock.Monotonic()) {
  const bool traced = telemetry_.tracing != nullptr && !number_.has_value() &&
                      identity_.trace.has_value() && identity_.trace->own.sampled;
  if (!traced) return;
  trace_ = std::make_shared<CallTrace>(identity_.trace->own, identity_.trace->parent_span_id,
                                       CallTrace::Time{start_, absl::Now()});
}

void RequestScope::Finish(const absl::Status& status) const {
  const absl::Duration now = telemetry_.clock.Monotonic();
  telemetry_.probe.RequestFinished(rpc_, status.code(), now - start_);
  telemetry_.log.Finished(rpc_, identity_, number_, status, now - start_);
  if (trace_ == nullptr) return;
  for (const Span& span : trace_->Spans({RpcName(rpc_), identity_.id, status.code()}, now))
    telemetry_.tracing->exporter.Export(span);
}

}  // namespace provnet
