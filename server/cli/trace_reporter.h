#ifndef PROVNET_SERVER_CLI_TRACE_REPORTER_H_
#define PROVNET_SERVER_CLI_TRACE_REPORTER_H_

#include "absl/time/time.h"
#include "server/metrics/server_metrics.h"
#include "server/service/structured_log.h"
#include "server/tracing/trace_probe.h"
#include "storage/base/clock.h"
#include "storage/base/mutex.h"

namespace provnet {

// Counts what becomes of spans, and warns at most once a minute when nobody takes them.
// Thread-safe.
class TraceReporter final : public TraceProbe {
 public:
  // All outlive this.
  TraceReporter(const StructuredLog& log, ServerMetrics& metrics, const Clock& clock)
      : log_(log), metrics_(metrics), clock_(clock) {}

  void SpansExported(size_t count) override { metrics_.SpansExported(count); }
  void SpansFailed(size_t count, absl::string_view why) override;
  void SpansDropped(size_t count) override { metrics_.SpansDropped(count); }

 private:
  const StructuredLog& log_;
  ServerMetrics& metrics_;
  const Clock& clock_;

  Mutex mutex_;
  absl::Duration warned_at_ ABSL_GUARDED_BY(mutex_) = -absl::InfiniteDuration();
};

}  // namespace provnet

#endif  // PROVNET_SERVER_CLI_TRACE_REPORTER_H_
