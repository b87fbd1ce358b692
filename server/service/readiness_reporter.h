#ifndef PROVNET_SERVER_SERVICE_READINESS_REPORTER_H_
#define PROVNET_SERVER_SERVICE_READINESS_REPORTER_H_

#include <array>
#include <functional>

#include "absl/status/status.h"
#include "server/service/readiness.h"
#include "server/service/readiness_probe.h"
#include "server/service/structured_log.h"
#include "storage/base/mutex.h"
#include "storage/base/repeating_thread.h"

namespace provnet {

// Looks every second at what the server is able to do, and tells those who have to be told: gRPC's
// health services, the metrics and, of each change, the log. Thread-safe.
class ReadinessReporter {
 public:
  // Makes the health services say it.
  using ShowHealth = std::function<void(Capability capability, bool ready)>;

  // Looks once, then begins to watch. All that is referred to outlives this.
  ReadinessReporter(const Readiness& readiness, ShowHealth show_health, ReadinessProbe& probe,
                    const StructuredLog& log);

  ReadinessReporter(const ReadinessReporter&) = delete;
  ReadinessReporter& operator=(const ReadinessReporter&) = delete;

  // Looks now.
  void Report();

 private:
  void Tell(Capability capability, const absl::Status& status)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(report_mutex_);

  const Readiness& readiness_;
  const ShowHealth show_health_;
  ReadinessProbe& probe_;
  const StructuredLog& log_;

  // One look at a time, so that the last one has the last word.
  Mutex report_mutex_;
  std::array<absl::Status, kCapabilityCount> told_ ABSL_GUARDED_BY(report_mutex_);

  // The last member: it calls Report().
  RepeatingThread thread_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_READINESS_REPORTER_H_
