#include "client/bulk_explain.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/channel.h"
#include "storage/base/mutex.h"

namespace provnet {
namespace {

using Stream = grpc::ClientReaderWriter<v1::ExplainRequest, v1::ExplainStreamResponse>;

// Room for unanswered requests. Thread-safe.
class Window {
 public:
  explicit Window(size_t size) : room_(size) {}

  // Waits for room and takes it; false once closed.
  bool Enter() {
    MutexLock lock(mutex_);
    while (room_ == 0 && !closed_) changed_.Wait(mutex_);
    if (closed_) return false;
    --room_;
    return true;
  }

  void Leave() {
    MutexLock lock(mutex_);
    ++room_;
    changed_.SignalOne();
  }

  void Close() {
    MutexLock lock(mutex_);
    closed_ = true;
    changed_.SignalAll();
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  size_t room_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

// Writes the pending requests in order; returns how many went out.
size_t WriteAll(Stream& stream, Window& window, absl::Span<const v1::ExplainRequest> requests,
                const std::vector<size_t>& pending) {
  size_t written = 0;
  for (size_t position : pending) {
    if (!window.Enter() || !stream.Write(requests[position])) return written;
    ++written;
  }
  stream.WritesDone();
  return written;
}

// The first position of the stream that went wrong, or OK.
absl::Status CheckStream(const v1::ExplainStreamResponse& response, size_t expected, size_t sent) {
  if (expected >= sent || response.request_number() != expected ||
      response.result_case() == v1::ExplainStreamResponse::RESULT_NOT_SET) {
    return absl::InternalError(
        absl::StrCat("the server answered request ", response.request_number(),
                     " of the stream; expected a result for number ", expected, " of ", sent));
  }
  return absl::OkStatus();
}

}  // namespace

BulkExplain::BulkExplain(const ClientOptions& options, v1::ProvenanceService::Stub& stub,
                         absl::Span<const v1::ExplainRequest> requests, absl::Duration timeout)
    : options_(options),
      stub_(stub),
      requests_(requests),
      loop_(options, timeout),
      results_(requests.size()) {
  RefuseOversized();
}

// gRPC would break the whole stream over one message that is too large.
void BulkExplain::RefuseOversized() {
  for (size_t i = 0; i < requests_.size(); ++i) {
    size_t bytes = requests_[i].ByteSizeLong();
    if (bytes <= options_.max_message_bytes) {
      pending_.push_back(i);
    } else {
      results_[i] = absl::ResourceExhaustedError(absl::StrCat(
          "the request has ", bytes, " bytes; expected at most ", options_.max_message_bytes));
    }
  }
}

std::vector<BulkExplain::Result> BulkExplain::Run() {
  while (!pending_.empty()) {
    Pass pass = RunPass();
    std::vector<size_t> unanswered(pending_.begin() + pass.answered, pending_.end());
    bool message_too_large = pass.end.status.code() == absl::StatusCode::kResourceExhausted &&
                             !pass.end.retry_delay.has_value() && pass.written > pass.answered;
    if (message_too_large) {
      ExplainAlone(pass.written - pass.answered, unanswered);
      pass.end = {};
    }
    const size_t settled = pending_.size() - unanswered.size() - pass.refused.size();
    pending_ = std::move(pass.refused);
    pending_.insert(pending_.end(), unanswered.begin(), unanswered.end());
    std::sort(pending_.begin(), pending_.end());
    if (settled > 0) loop_.NoteProgress();
    if (pending_.empty() || message_too_large) continue;

    const RpcFailure& failure = pass.end.status.ok() ? pass.refusal : pass.end;
    if (loop_.WaitToRetry(failure)) continue;
    for (size_t position : pending_)
      results_[position] = loop_.Describe(failure.status, "ExplainStream");
    pending_.clear();
  }
  return std::move(results_);
}

BulkExplain::Pass BulkExplain::RunPass() {
  Pass pass;
  grpc::ClientContext context;
  PrepareCall(context, options_, loop_.TimeLeft());
  std::unique_ptr<Stream> stream = stub_.ExplainStream(&context);
  Window window(options_.max_in_flight);
  std::thread writer([&] { pass.written = WriteAll(*stream, window, requests_, pending_); });

  absl::Status protocol;
  v1::ExplainStreamResponse response;
  while (stream->Read(&response)) {
    protocol = CheckStream(response, pass.answered, pending_.size());
    if (!protocol.ok()) {
      context.TryCancel();
      break;
    }
    TakeResponse(response, pass);
    window.Leave();
  }
  window.Close();
  writer.join();
  pass.end = ToRpcFailure(stream->Finish());
  if (!protocol.ok()) pass.end = {protocol, std::nullopt};
  if (pass.end.status.ok() && pass.answered < pending_.size()) {
    pass.end.status =
        absl::InternalError(absl::StrCat("the server ended the stream after ", pass.answered,
                                         " responses to ", pending_.size(), " requests"));
  }
  return pass;
}

void BulkExplain::TakeResponse(v1::ExplainStreamResponse& response, Pass& pass) {
  const size_t position = pending_[pass.answered++];
  if (response.has_response()) {
    results_[position] = std::move(*response.mutable_response());
    return;
  }
  const v1::RequestError& error = response.error();
  absl::Status status(static_cast<absl::StatusCode>(error.code()), error.message());
  if (status.ok()) status = absl::InternalError("the server reported an error without a code");
  results_[position] = status;
  if (error.retry_delay_ms() == 0) return;
  pass.refused.push_back(position);
  absl::Duration delay = absl::Milliseconds(error.retry_delay_ms());
  if (delay > pass.refusal.retry_delay.value_or(absl::ZeroDuration()))
    pass.refusal = {status, delay};
}

void BulkExplain::ExplainAlone(size_t under_way, std::vector<size_t>& unanswered) {
  for (size_t i = 0; i < under_way; ++i) {
    results_[unanswered[i]] = explain_alone_(requests_[unanswered[i]], loop_.TimeLeft());
  }
  unanswered.erase(unanswered.begin(), unanswered.begin() + under_way);
}

}  // namespace provnet
