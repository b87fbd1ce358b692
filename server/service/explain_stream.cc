#include "server/service/explain_stream.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/service/grpc_status.h"
#include "server/service/request_timeout.h"
#include "storage/base/status_macros.h"

namespace provnet {

ExplainStream::ExplainStream(grpc::CallbackServerContext& context,
                             const CallEnvironment& environment, size_t max_in_flight, OnEnd on_end)
    : telemetry_(environment.telemetry),
      scope_(Rpc::kExplainStream, ExchangeIdentity(context, telemetry_.tracing), telemetry_),
      deadline_(MonotonicDeadline(context, environment.telemetry.clock)),
      max_in_flight_(max_in_flight),
      on_end_(std::move(on_end)),
      caller_(Rpc::kExplainStream, scope_.identity().id, context, environment.guards),
      admission_(environment, caller_, /*stream=*/true) {}

std::shared_ptr<ExplainStream> ExplainStream::Start(grpc::CallbackServerContext& context,
                                                    const ExplainerSource& explainer,
                                                    const CallEnvironment& environment,
                                                    size_t max_in_flight, OnEnd on_end) {
  const std::shared_ptr<ExplainStream> stream(
      new ExplainStream(context, environment, max_in_flight, std::move(on_end)));
  const MutexLock lock(stream->mutex_);
  stream->self_ = stream;
  if (stream->admission_.status().ok()) {
    stream->explainer_ = &explainer();
    stream->Advance();
  } else {
    stream->End(stream->admission_.status());
  }
  return stream;
}

void ExplainStream::Drain() {
  const MutexLock lock(mutex_);
  draining_ = true;
  Advance();
}

void ExplainStream::OnReadDone(bool ok) {
  uint64_t number = 0;
  Slot* slot = nullptr;
  {
    const MutexLock lock(mutex_);
    reading_ = false;
    // A request that arrives behind the end was never taken.
    if (ended_) return;
    if (!ok) {
      reads_done_ = true;
      Advance();
      return;
    }
    accepting_ = true;
    number = first_number_ + window_.size();
    slot = &window_.emplace_back();
  }
  Accept(number, *slot);
}

void ExplainStream::OnWriteDone(bool ok) {
  const MutexLock lock(mutex_);
  writing_ = false;
  if (!ok) broken_ = true;
  Advance();
}

void ExplainStream::OnCancel() {
  token_.Cancel();
  scope_.Abandoned();
  const MutexLock lock(mutex_);
  broken_ = true;
  Advance();
}

void ExplainStream::OnDone() {
  std::shared_ptr<ExplainStream> self;
  {
    const MutexLock lock(mutex_);
    self = std::move(self_);
  }
  on_end_(this);
  admission_.End();
}

absl::StatusOr<Explainer::Job> ExplainStream::MakeJob(Slot& slot, Explainer::Done done) {
  PROVNET_ASSIGN_OR_RETURN(const absl::Duration deadline,
                           DeadlineOf(request_, deadline_, telemetry_.clock));
  return explainer_->MakeJob(request_, caller_, token_, deadline, /*trace=*/nullptr,
                             *slot.response.mutable_response(), std::move(done));
}

void ExplainStream::Accept(uint64_t number, Slot& slot) {
  const RequestScope scope(Rpc::kExplainStreamRequest, scope_.identity(), telemetry_, number);
  auto done = [self = shared_from_this(), scope, number](const absl::Status& status) {
    self->Answer(number, scope, status);
  };
  absl::StatusOr<Explainer::Job> job = MakeJob(slot, done);
  if (job.ok()) {
    NoteModel(*job->model->handle, scope_.trace());
    return Submit(*std::move(job));
  }
  Answer(number, scope, job.status());
  const MutexLock lock(mutex_);
  accepting_ = false;
  Advance();
}

void ExplainStream::Submit(Explainer::Job job) {
  // Alive until the last use of the queue, whoever answers the task meanwhile.
  const ServedModelHandle model = job.model;
  job.queue->EnqueueWhenRoom(std::move(job.task), [self = shared_from_this()] {
    const MutexLock lock(self->mutex_);
    self->accepting_ = false;
    self->Advance();
  });
}

void ExplainStream::Answer(uint64_t number, const RequestScope& scope, const absl::Status& status) {
  scope.Finish(status);
  const MutexLock lock(mutex_);
  Slot& slot = window_[number - first_number_];
  slot.answered = true;
  slot.response.set_request_number(number);
  if (!status.ok()) *slot.response.mutable_error() = ToRequestError(status);
  Advance();
}

void ExplainStream::Advance() {
  if (ended_) return;
  AdvanceWriting();
  AdvanceReading();
  const bool no_more_requests = (reads_done_ || draining_ || broken_) && !accepting_;
  if (no_more_requests && window_.empty() && !writing_) End(EndStatus());
}

void ExplainStream::AdvanceWriting() {
  while (!writing_ && !window_.empty() && window_.front().answered) {
    response_ = std::move(window_.front().response);
    window_.pop_front();
    ++first_number_;
    if (broken_) continue;
    writing_ = true;
    StartWrite(&response_);
  }
}

void ExplainStream::AdvanceReading() {
  if (reading_ || accepting_ || reads_done_ || draining_ || broken_) return;
  if (window_.size() + (writing_ ? 1 : 0) >= max_in_flight_) return;
  reading_ = true;
  StartRead(&request_);
}

absl::Status ExplainStream::EndStatus() const {
  if (broken_) return absl::CancelledError("the caller cancelled the stream");
  if (reads_done_) return absl::OkStatus();
  return AdviseRetry(absl::UnavailableError(
      absl::StrCat("the server is shutting down; the first ", first_number_,
                   " requests of the stream were answered, send the others again")));
}

void ExplainStream::End(const absl::Status& status) {
  ended_ = true;
  if (scope_.trace() != nullptr) scope_.trace()->Answered(first_number_);
  scope_.Finish(status);
  Finish(ToGrpcStatus(status));
}

}  // namespace provnet
