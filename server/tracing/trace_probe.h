#ifndef PROVNET_SERVER_TRACING_TRACE_PROBE_H_
#define PROVNET_SERVER_TRACING_TRACE_PROBE_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace provnet {

// What becomes of spans: each is exported, failed or dropped. Thread-safe and quick.
class TraceProbe {
 public:
  virtual ~TraceProbe() = default;

  // The collector has taken them.
  virtual void SpansExported(size_t count) = 0;
  // They were sent, and nobody took them.
  virtual void SpansFailed(size_t count, absl::string_view why) = 0;
  // They were not sent: too many waited.
  virtual void SpansDropped(size_t count) = 0;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_TRACING_TRACE_PROBE_H_
