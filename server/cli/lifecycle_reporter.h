#ifndef PROVNET_SERVER_CLI_LIFECYCLE_REPORTER_H_
#define PROVNET_SERVER_CLI_LIFECYCLE_REPORTER_H_

#include <cstdint>
#include <string>

#include "server/lifecycle/lifecycle_probe.h"
#include "server/metrics/server_metrics.h"
#include "server/service/structured_log.h"

namespace provnet {

// Writes what happens to models to the log and counts it. Thread-safe.
class LifecycleReporter final : public LifecycleProbe {
 public:
  // Both outlive this.
  LifecycleReporter(const StructuredLog& log, ServerMetrics& metrics)
      : log_(log), metrics_(metrics) {}

  void VersionLoaded(const Servable& servable, absl::Duration took) override;
  void VersionRefused(const BundleLocation& location, const absl::Status& status) override;
  void VersionRetired(const Servable& servable) override;
  void ConfigRefused(const std::string& model, const absl::Status& status) override;
  void LabelsWaiting(const std::vector<WaitingLabel>& waiting) override;
  void RepositoryLost(const absl::Status& status) override;
  void RepositoryFound() override;

  // For the ModelUnloader: the version's last call has ended and its memory is free.
  void VersionUnloaded(const std::string& model, uint64_t version);

 private:
  const StructuredLog& log_;
  ServerMetrics& metrics_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_CLI_LIFECYCLE_REPORTER_H_
