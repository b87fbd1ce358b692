#ifndef PROVNET_SERVER_SERVICE_EXPLAIN_STREAM_H_
#define PROVNET_SERVER_SERVICE_EXPLAIN_STREAM_H_

#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "provnet/v1/provenance_service.pb.h"
#include "server/service/call_environment.h"
#include "server/service/explainer.h"
#include "storage/base/mutex.h"

namespace provnet {

// One ExplainStream call. Thread-safe.
//
// Requests are read one after the other and go into the same queues as those of everybody else, so
// that many of them run in one batch. Their answers wait in a window until those before them have
// been written. Reading pauses while the window is full, or while the queue is: the client then
// feels HTTP/2 flow control instead of errors.
//
// The call ends once reading has ended (the client half-closed, the server drains, or the call was
// cancelled) and every request that was read has been answered.
//
// Ownership as in UnaryCall: gRPC's share lasts until OnDone, each task holds another.
class ExplainStream final
    : public grpc::ServerBidiReactor<v1::ExplainRequest, v1::ExplainStreamResponse>,
      public std::enable_shared_from_this<ExplainStream> {
 public:
  // Called at the end of the call.
  using OnEnd = std::function<void(ExplainStream*)>;

  // What makes the jobs. Asked once, behind the admission: calls are admitted while models are
  // served, so it is there then. It outlives the stream.
  using ExplainerSource = std::function<const Explainer&()>;

  // Where the call is not admitted it ends at once.
  static std::shared_ptr<ExplainStream> Start(grpc::CallbackServerContext& context,
                                              const ExplainerSource& explainer,
                                              const CallEnvironment& environment,
                                              size_t max_in_flight, OnEnd on_end);

  // Reads no further, answers what has been read, then ends with UNAVAILABLE.
  void Drain();

 private:
  // Stays where it is until it is answered and taken out; its response is until then the task's.
  struct Slot {
    bool answered = false;
    v1::ExplainStreamResponse response;
  };

  ExplainStream(grpc::CallbackServerContext& context, const CallEnvironment& environment,
                size_t max_in_flight, OnEnd on_end);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  // Turns request_ into a task, or into an answer when it is bad.
  void Accept(uint64_t number, Slot& slot);
  absl::StatusOr<Explainer::Job> MakeJob(Slot& slot, Explainer::Done done);
  // Puts the task into its queue, and reads no further until there was room for it.
  void Submit(Explainer::Job job);
  void Answer(uint64_t number, const RequestScope& scope, const absl::Status& status);

  // Starts whatever can be started now. gRPC never runs a reaction on the stack of a start, so
  // starting under the lock can't deadlock, and it keeps a read or a write from being started
  // behind the end of the call.
  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AdvanceWriting() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AdvanceReading() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status EndStatus() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void End(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Telemetry telemetry_;
  const RequestScope scope_;
  const absl::Duration deadline_;
  const size_t max_in_flight_;
  const OnEnd on_end_;
  Caller caller_;
  const Admission admission_;
  CancelToken token_;
  // Set before the first request is read; null where the call was not admitted.
  const Explainer* explainer_ = nullptr;

  Mutex mutex_;
  std::shared_ptr<ExplainStream> self_ ABSL_GUARDED_BY(mutex_);
  // Requests that are read and not yet handed to gRPC as answers, by number from first_number_.
  std::deque<Slot> window_ ABSL_GUARDED_BY(mutex_);
  uint64_t first_number_ ABSL_GUARDED_BY(mutex_) = 0;
  // A read is started; request_ is gRPC's meanwhile.
  bool reading_ ABSL_GUARDED_BY(mutex_) = false;
  // request_ is on its way into a queue; no read is started meanwhile.
  bool accepting_ ABSL_GUARDED_BY(mutex_) = false;
  // A write is started; response_ is gRPC's meanwhile.
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool reads_done_ ABSL_GUARDED_BY(mutex_) = false;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  // The client is gone: answers go nowhere.
  bool broken_ ABSL_GUARDED_BY(mutex_) = false;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;

  // Owned by gRPC while reading_ and writing_, else by the thread that accepts, or by the lock.
  v1::ExplainRequest request_;
  v1::ExplainStreamResponse response_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_EXPLAIN_STREAM_H_
