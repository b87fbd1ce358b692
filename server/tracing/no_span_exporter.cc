#include "server/tracing/span_exporter.h"

namespace provnet {

// In place of otlp_span_exporter.cc where the build found no opentelemetry-cpp.
absl::Status CheckSpanExport() {
  return absl::UnimplementedError(
      "this build of provnet-server can't export spans: opentelemetry-cpp was not found when it "
      "was "
      "built. Debian 13 has it (opentelemetry-cpp-dev), Debian 12 has not");
}

absl::StatusOr<std::unique_ptr<SpanExporter>> OpenSpanExporter(const OtlpEndpoint&, TraceProbe&) {
  return CheckSpanExport();
}

}  // namespace provnet
