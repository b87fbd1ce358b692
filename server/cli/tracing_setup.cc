#include "server/cli/tracing_setup.h"

#include <utility>

#include "storage/base/status_prefix.h"

namespace provnet {

absl::StatusOr<std::unique_ptr<TracingSetup>> TracingSetup::Open(const TracingOptions& options,
                                                                 const StructuredLog& log,
                                                                 ServerMetrics& metrics) {
  std::unique_ptr<TracingSetup> setup(new TracingSetup(log, metrics));
  if (!options.endpoint.has_value()) return setup;
  auto exporter = OpenSpanExporter(*options.endpoint, setup->reporter_);
  if (!exporter.ok()) return WithPrefix("--otlp-endpoint", exporter.status());
  setup->exporter_ = *std::move(exporter);
  setup->tracing_.emplace(Tracing{*setup->exporter_, options.sample_ratio});
  log.Write(LogLevel::kInfo, "exporting spans",
            {{"collector", options.endpoint->ToString()}, {"sample_ratio", options.sample_ratio}});
  return setup;
}

}  // namespace provnet
