#include "server/service/readiness_reporter.h"

#include <utility>

namespace provnet {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(1);

}  // namespace

ReadinessReporter::ReadinessReporter(const Readiness& readiness, ShowHealth show_health,
                                     ReadinessProbe& probe, const StructuredLog& log)
    : readiness_(readiness),
      show_health_(std::move(show_health)),
      probe_(probe),
      log_(log),
      thread_(kInterval, [this] { Report(); }) {
  Report();
}

void ReadinessReporter::Report() {
  const MutexLock lock(report_mutex_);
  for (const Capability capability : kCapabilities) Tell(capability, readiness_.Check(capability));
}

void ReadinessReporter::Tell(Capability capability, const absl::Status& status) {
  show_health_(capability, status.ok());
  probe_.SetReady(capability, status.ok());
  // While it takes no calls at all, that is logged elsewhere.
  if (!readiness_.Check().ok()) return;
  const absl::Status before = std::exchange(told_[static_cast<size_t>(capability)], status);
  if (before.code() == status.code()) return;
  const absl::string_view name = CapabilityName(capability);
  if (status.ok()) return log_.Write(LogLevel::kInfo, "able again", {{"capability", name}});
  // What a model was not made for is no fault.
  const bool fault = !absl::IsFailedPrecondition(status);
  log_.Write(fault ? LogLevel::kError : LogLevel::kInfo, "not able",
             {{"capability", name}, {"reason", status.message()}});
}

}  // namespace provnet
