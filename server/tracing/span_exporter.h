#ifndef PROVNET_SERVER_TRACING_SPAN_EXPORTER_H_
#define PROVNET_SERVER_TRACING_SPAN_EXPORTER_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/tracing/otlp_endpoint.h"
#include "server/tracing/span.h"
#include "server/tracing/trace_probe.h"

namespace provnet {

// Where spans go. Thread-safe.
class SpanExporter {
 public:
  virtual ~SpanExporter() = default;

  // Takes what it needs of `span` and returns; never waits for anybody.
  virtual void Export(const Span& span) = 0;
};

// Whether this build can export: OK, or UNIMPLEMENTED with what it lacks.
absl::Status CheckSpanExport();

// Sends spans to an OpenTelemetry collector over OTLP/gRPC, in batches, on a thread of its own. Up
// to 2048 spans wait; more are dropped and counted. A collector that can't be reached costs the
// spans, and nothing else: each try ends after 3 s.
//
// What the environment variables OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES,
// OTEL_EXPORTER_OTLP_HEADERS, OTEL_EXPORTER_OTLP_CERTIFICATE and OTEL_EXPORTER_OTLP_COMPRESSION say
// is heeded. The destructor sends what still waits, for at most 6 s.
//
// `probe` outlives the exporter. UNIMPLEMENTED in a build without opentelemetry-cpp.
absl::StatusOr<std::unique_ptr<SpanExporter>> OpenSpanExporter(const OtlpEndpoint& endpoint,
                                                               TraceProbe& probe);

}  // namespace provnet

#endif  // PROVNET_SERVER_TRACING_SPAN_EXPORTER_H_
