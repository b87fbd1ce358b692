#ifndef PROVNET_STORAGE_BASE_TRACE_CONTEXT_H_
#define PROVNET_STORAGE_BASE_TRACE_CONTEXT_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace provnet {

// The metadata keys of W3C Trace Context: in a request, where it belongs; in the trailers of its
// answer, what it was called here.
inline constexpr char kTraceParentKey[] = "traceparent";
inline constexpr char kTraceResponseKey[] = "traceresponse";

// The place of one piece of work in a trace that may span many programs.
struct TraceContext {
  // 32 and 16 lower-case hexadecimal digits, neither of them all zeros.
  std::string trace_id;
  std::string span_id;
  // Whether whoever began the trace keeps it.
  bool sampled = false;

  // "00-<trace_id>-<span_id>-01", or -00 where it is not sampled.
  std::string ToString() const;
};

// The sender's place, out of a traceparent; nothing when it is not one. Later versions of the
// format than 00 are read as far as 00 goes, as the format asks.
std::optional<TraceContext> ParseTraceParent(absl::string_view text);

// A new piece of work under `parent`: the same trace, a span id of its own by chance. Thread-safe.
TraceContext ChildOf(const TraceContext& parent);

// The first piece of work of a new trace, which is sampled, `share` of the times (0 .. 1), by
// chance; else nothing. Thread-safe.
std::optional<TraceContext> MaybeNewTrace(double share);

}  // namespace provnet

#endif  // PROVNET_STORAGE_BASE_TRACE_CONTEXT_H_
