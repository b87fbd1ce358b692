#ifndef PROVNET_SERVER_TRACING_CALL_TRACE_H_
#define PROVNET_SERVER_TRACING_CALL_TRACE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/tracing/span.h"

namespace provnet {

// What is found out about one traced call on its way through the server, and the spans that this
// makes in the end: the call, and, where it went through a model's queue, its wait there and its
// batch's run. They name models and numbers; nothing of a request's or a sample's content, no label
// and no caller.
//
// Thread-compatible: it goes from thread to thread with the call.
class CallTrace {
 public:
  // One moment, on Clock::Monotonic() and by the calendar.
  struct Time {
    absl::Duration monotonic;
    absl::Time calendar;
  };
  // How the call ended.
  struct Outcome {
    // The method's name in the service.
    absl::string_view method;
    absl::string_view request_id;
    absl::StatusCode code = absl::StatusCode::kOk;
  };

  // `own` is the call's place in the trace, `parent_span_id` the caller's: empty where there is
  // none. `start` is when the call came.
  CallTrace(TraceContext own, std::string parent_span_id, Time start);

  // Which model version answers. The last word counts, as streams may change it.
  void AnsweredBy(absl::string_view model, uint64_t version);
  // It began to run at `at`, on Clock::Monotonic(), having waited, with `batch_size` in all.
  void Started(absl::Duration at, absl::Duration waited, size_t batch_size);
  // The run was over at `at`. The last word counts: a batch may run again in parts.
  void Ran(absl::Duration at) { ran_at_ = at; }
  // How many requests of a stream were answered.
  void Answered(uint64_t requests) { requests_ = requests; }

  // The spans of a call that ends at `now`, its own first.
  std::vector<Span> Spans(const Outcome& outcome, absl::Duration now) const;

 private:
  struct Batch {
    absl::Duration started;
    absl::Duration waited;
    size_t size = 0;
  };

  Span CallSpan(const Outcome& outcome, absl::Duration now) const;
  // A part of the call, from one moment of Clock::Monotonic() to another.
  Span Part(absl::string_view name, absl::Duration from, absl::Duration to) const;
  absl::Time Calendar(absl::Duration monotonic) const {
    return start_.calendar + (monotonic - start_.monotonic);
  }

  const TraceContext own_;
  const std::string parent_span_id_;
  const Time start_;
  std::string model_;
  uint64_t version_ = 0;
  std::optional<Batch> batch_;
  std::optional<absl::Duration> ran_at_;
  std::optional<uint64_t> requests_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_TRACING_CALL_TRACE_H_
