#ifndef PROVNET_SERVER_SERVICE_SECURITY_LOG_H_
#define PROVNET_SERVER_SERVICE_SECURITY_LOG_H_

#include "server/security/security_probe.h"
#include "server/service/structured_log.h"

namespace provnet {

// Writes what the security parts report to the log, and passes it on to be counted. Thread-safe.
class SecurityLog final : public SecurityProbe {
 public:
  // Both outlive this.
  SecurityLog(const StructuredLog& log, SecurityProbe& next) : log_(log), next_(next) {}

  void Reloaded(absl::string_view what) override;
  void ReloadFailed(absl::string_view what, const absl::Status& status) override;
  void CertificateExpires(absl::string_view what, absl::Time when) override;
  void AuditBroken(const absl::Status& status) override;
  void AuditMended() override;
  void BudgetExhausted(absl::string_view principal) override { next_.BudgetExhausted(principal); }
  void BudgetNotRecorded(const absl::Status& status) override;
  void DisclosureJudged(bool made) override { next_.DisclosureJudged(made); }

 private:
  const StructuredLog& log_;
  SecurityProbe& next_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_SECURITY_LOG_H_
