#include "client/bench/unary_load.h"

#include <utility>

#include "client/channel.h"

namespace provnet {
namespace {

constexpr char kMethod[] = "/provnet.v1.ProvenanceService/Explain";

}  // namespace

UnaryLoad::UnaryLoad(const LoadOptions& options, absl::Span<const v1::ExplainRequest> requests,
                     LoadCounters& counters)
    : options_(options),
      clock_(*options.client.environment.clock),
      counters_(counters),
      requests_(requests) {
  for (size_t i = 0; i < options.channels; ++i) {
    stubs_.push_back(
        std::make_unique<grpc::GenericStub>(MakeChannel(options.client, static_cast<int>(i))));
  }
}

UnaryLoad::~UnaryLoad() {
  const MutexLock lock(mutex_);
  while (free_.size() < callers_.size()) freed_.Wait(mutex_);
}

void UnaryLoad::StartClosed(absl::Duration end) {
  for (size_t i = 0; i < options_.concurrency; ++i) SendClosed(*TakeCaller(), end);
}

void UnaryLoad::SendOpen(absl::Duration due) {
  if (options_.throttle &&
      throttles_.HoldBack(kMethod, clock_.Monotonic(), options_.client.environment.random())) {
    counters_.CallHeldBack(due);
    return;
  }
  Caller* caller = TakeCaller();
  Send(*caller, due, [this, caller](const RpcFailure&) { GiveBack(caller); });
}

void UnaryLoad::SendClosed(Caller& caller, absl::Duration end) {
  Send(caller, clock_.Monotonic(), [this, &caller, end](const RpcFailure& outcome) {
    const absl::Duration pause = PauseAfter(outcome);
    if (clock_.Monotonic() + pause >= end) {
      GiveBack(&caller);
    } else if (pause > absl::ZeroDuration()) {
      caller.pause.Begin(pause, [this, &caller, end] { SendClosed(caller, end); });
    } else {
      SendClosed(caller, end);
    }
  });
}

void UnaryLoad::Send(Caller& caller, absl::Duration due, Then then) {
  caller.times.due = due;
  caller.context.emplace();
  PrepareCall(*caller.context, options_.client, options_.client.timeout);
  caller.response.Clear();
  const RequestCycle::Turn turn = requests_.Next();
  grpc::GenericStub& stub = *stubs_[turn.number % stubs_.size()];
  caller.times.sent = clock_.Monotonic();
  stub.UnaryCall(&*caller.context, kMethod, {}, &turn.bytes, &caller.response,
                 [this, &caller, then = std::move(then)](grpc::Status status) {
                   caller.times.ended = clock_.Monotonic();
                   const RpcFailure outcome = ToRpcFailure(status);
                   if (options_.throttle) throttles_.Observe(kMethod, caller.times.ended, outcome);
                   counters_.CallEnded(caller.times,
                                       static_cast<absl::StatusCode>(status.error_code()),
                                       status.ok() ? caller.response.Length() : 0);
                   then(outcome);
                 });
}

UnaryLoad::Caller* UnaryLoad::TakeCaller() {
  const MutexLock lock(mutex_);
  const size_t limit = options_.rate > 0 ? options_.max_outstanding : options_.concurrency;
  while (free_.empty() && callers_.size() == limit) freed_.Wait(mutex_);
  if (free_.empty()) {
    callers_.push_back(std::make_unique<Caller>());
    return callers_.back().get();
  }
  Caller* caller = free_.back();
  free_.pop_back();
  return caller;
}

void UnaryLoad::GiveBack(Caller* caller) {
  const MutexLock lock(mutex_);
  free_.push_back(caller);
  freed_.SignalAll();
}

}  // namespace provnet
