#ifndef PROVNET_SERVER_CLI_TRACING_SETUP_H_
#define PROVNET_SERVER_CLI_TRACING_SETUP_H_

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "server/cli/trace_reporter.h"
#include "server/cli/tracing_flags.h"
#include "server/service/server.h"
#include "server/tracing/tracing.h"

namespace provnet {

// The way of the server's spans to their collector, if there is one. Outlives the server that it is
// for; its end sends what still waits, for a few seconds at most.
class TracingSetup {
 public:
  // Fails with the flag that can't be heeded. `log` and `metrics` outlive this.
  static absl::StatusOr<std::unique_ptr<TracingSetup>> Open(const TracingOptions& options,
                                                            const StructuredLog& log,
                                                            ServerMetrics& metrics);

  // Lets the server that is to be started leave spans.
  void Trace(ServerOptions& options) const {
    options.tracing = tracing_.has_value() ? &*tracing_ : nullptr;
  }

 private:
  TracingSetup(const StructuredLog& log, ServerMetrics& metrics)
      : reporter_(log, metrics, Clock::Steady()) {}

  TraceReporter reporter_;
  std::unique_ptr<SpanExporter> exporter_;
  std::optional<Tracing> tracing_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_CLI_TRACING_SETUP_H_
