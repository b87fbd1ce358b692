#ifndef PROVNET_SERVER_TRACING_TRACING_H_
#define PROVNET_SERVER_TRACING_TRACING_H_

#include "server/tracing/span_exporter.h"

namespace provnet {

// Which calls leave spans, and where they go: those whose traceparent says that its trace is
// sampled, and a share of those that come without one.
struct Tracing {
  SpanExporter& exporter;
  // 0 .. 1.
  double sample_ratio = 0;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_TRACING_TRACING_H_
