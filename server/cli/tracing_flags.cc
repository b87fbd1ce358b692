#include "server/cli/tracing_flags.h"

#include <string>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "server/tracing/span_exporter.h"
#include "storage/base/status_prefix.h"

ABSL_FLAG(std::string, otlp_endpoint, "",
          "http://HOST[:PORT], or https, of an OpenTelemetry collector that gets the spans of "
          "sampled calls over OTLP/gRPC; without it none are exported");
ABSL_FLAG(double, otlp_sample_ratio, 0.01,
          "share of the calls without a traceparent that begin a trace of their own; those with "
          "one are sampled where it says so");

namespace provnet {

absl::StatusOr<TracingOptions> TracingOptionsFromFlags() {
  TracingOptions options;
  options.sample_ratio = absl::GetFlag(FLAGS_otlp_sample_ratio);
  if (!(options.sample_ratio >= 0 && options.sample_ratio <= 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--otlp-sample-ratio is ", options.sample_ratio, ", expected 0 .. 1"));
  }
  const std::string endpoint = absl::GetFlag(FLAGS_otlp_endpoint);
  if (endpoint.empty()) return options;
  const auto parsed = ParseOtlpEndpoint(endpoint);
  if (!parsed.ok()) return WithPrefix("--otlp-endpoint", parsed.status());
  if (const absl::Status can = CheckSpanExport(); !can.ok())
    return WithPrefix("--otlp-endpoint", can);
  options.endpoint = *parsed;
  return options;
}

}  // namespace provnet
