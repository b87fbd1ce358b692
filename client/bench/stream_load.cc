#include "client/bench/stream_load.h"

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/client_callback.h>

#include <deque>
#include <vector>

#include "client/channel.h"

namespace provnet {
namespace {

constexpr char kMethod[] = "/provnet.v1.ProvenanceService/ExplainStream";

// How the request ended that `bytes` answer; they are gone afterwards.
absl::StatusCode CodeOf(grpc::ByteBuffer& bytes, v1::ExplainStreamResponse& response) {
  if (!grpc::GenericDeserialize<grpc::ProtoBufferReader, v1::ExplainStreamResponse>(&bytes,
                                                                                    &response)
           .ok()) {
    return absl::StatusCode::kInternal;
  }
  return static_cast<absl::StatusCode>(response.has_error() ? response.error().code() : 0);
}

// With the timeout that a call of its own would have.
std::vector<v1::ExplainRequest> WithTimeout(absl::Span<const v1::ExplainRequest> requests,
                                            absl::Duration timeout) {
  std::vector<v1::ExplainRequest> timed(requests.begin(), requests.end());
  if (timeout == absl::InfiniteDuration()) return timed;
  for (v1::ExplainRequest& request : timed) {
    const absl::Duration seconds = absl::Floor(timeout, absl::Seconds(1));
    request.mutable_timeout()->set_seconds(absl::ToInt64Seconds(seconds));
    request.mutable_timeout()->set_nanos(
        static_cast<int32_t>(absl::ToInt64Nanoseconds(timeout - seconds)));
  }
  return timed;
}

}  // namespace

// One call. Deletes itself when it has ended.
class StreamLoad::Stream final
    : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  Stream(StreamLoad& load, size_t number, size_t max_under_way)
      : load_(load), number_(number), max_under_way_(max_under_way) {}

  void Run(grpc::GenericStub& stub) {
    PrepareCall(context_, load_.options_.client,
                load_.end_ - load_.clock_.Monotonic() + load_.options_.client.timeout);
    stub.PrepareBidiStreamingCall(&context_, kMethod, {}, this);
    {
      const MutexLock lock(mutex_);
      StartRead(&answer_);
      Advance();
    }
    StartCall();
  }

  void OnReadDone(bool ok) override {
    // OnDone tells why.
    if (!ok) return;
    const absl::Duration now = load_.clock_.Monotonic();
    const size_t size = answer_.Length();
    const absl::StatusCode code = CodeOf(answer_, response_);
    const MutexLock lock(mutex_);
    // An answer to nothing is the server's error; OnDone finds the counts as they should be.
    if (!under_way_.empty()) {
      CallTimes times = under_way_.front();
      under_way_.pop_front();
      times.ended = now;
      load_.counters_.CallEnded(times, code, code == absl::StatusCode::kOk ? size : 0);
    }
    StartRead(&answer_);
    Advance();
  }

  void OnWriteDone(bool ok) override {
    const MutexLock lock(mutex_);
    writing_ = false;
    broken_ = broken_ || !ok;
    Advance();
  }

  void OnDone(const grpc::Status& status) override {
    {
      const MutexLock lock(mutex_);
      for (CallTimes& times : under_way_) {
        times.ended = load_.clock_.Monotonic();
        // Whatever the call says: these have no answer.
        const absl::StatusCode code = status.ok()
                                          ? absl::StatusCode::kInternal
                                          : static_cast<absl::StatusCode>(status.error_code());
        load_.counters_.CallEnded(times, code, 0);
      }
    }
    StreamLoad& load = load_;
    const size_t number = number_;
    delete this;
    load.Ended(number, status);
  }

 private:
  // Sends the next request when there is room for one, or says that none will follow. gRPC never
  // runs a reaction on the stack of a start, so the lock may be held.
  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (writing_ || broken_ || half_closed_) return;
    const absl::Duration now = load_.clock_.Monotonic();
    if (now >= load_.end_) {
      half_closed_ = true;
      StartWritesDone();
    } else if (under_way_.size() < max_under_way_) {
      under_way_.push_back({now, now, now});
      writing_ = true;
      StartWrite(&load_.requests_.Next().bytes);
    }
  }

  StreamLoad& load_;
  const size_t number_;
  const size_t max_under_way_;
  grpc::ClientContext context_;
  // Owned by gRPC while a read is started.
  grpc::ByteBuffer answer_;
  // Of the reactions to reads, which come one after the other.
  v1::ExplainStreamResponse response_;

  Mutex mutex_;
  // Requests without an answer, in the order in which they were sent and are answered.
  std::deque<CallTimes> under_way_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool broken_ ABSL_GUARDED_BY(mutex_) = false;
  bool half_closed_ ABSL_GUARDED_BY(mutex_) = false;
};

StreamLoad::StreamLoad(const LoadOptions& options, absl::Span<const v1::ExplainRequest> requests,
                       LoadCounters& counters)
    : options_(options),
      clock_(*options.client.environment.clock),
      counters_(counters),
      requests_(WithTimeout(requests, options.client.timeout)),
      pauses_(options.streams) {
  for (size_t i = 0; i < options.channels; ++i) {
    stubs_.push_back(
        std::make_unique<grpc::GenericStub>(MakeChannel(options.client, static_cast<int>(i))));
  }
}

StreamLoad::~StreamLoad() {
  const MutexLock lock(mutex_);
  while (open_ > 0) ended_.Wait(mutex_);
}

void StreamLoad::Start(absl::Duration end) {
  end_ = end;
  {
    const MutexLock lock(mutex_);
    open_ = options_.streams;
  }
  for (size_t i = 0; i < options_.streams; ++i) Open(i);
}

void StreamLoad::Open(size_t number) {
  // The first calls take one more each where the requests don't divide evenly.
  const size_t share = options_.concurrency / options_.streams +
                       (number < options_.concurrency % options_.streams ? 1 : 0);
  (new Stream(*this, number, share))->Run(*stubs_[number % stubs_.size()]);
}

void StreamLoad::Ended(size_t number, const grpc::Status& status) {
  const absl::Duration pause = PauseAfter(ToRpcFailure(status));
  if (clock_.Monotonic() + pause < end_)
    return pauses_[number].Begin(pause, [this, number] { Open(number); });
  const MutexLock lock(mutex_);
  --open_;
  ended_.SignalAll();
}

}  // namespace provnet
