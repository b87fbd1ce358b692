#include "server/cli/security_setup.h"

#include "server/cli/hangup_count.h"
#include "storage/base/status_prefix.h"

namespace provnet {

absl::StatusOr<std::unique_ptr<SecuritySetup>> SecuritySetup::Open(const SecurityOptions& options,
                                                                   const StructuredLog& log,
                                                                   SecurityProbe& metrics) {
  std::unique_ptr<SecuritySetup> setup(new SecuritySetup(log, metrics));
  if (!options.access.policy.empty()) {
    auto access = AccessControl::Open(options.access, setup->probe_);
    if (!access.ok()) return WithPrefix("--access-policy", access.status());
    setup->access_ = *std::move(access);
  }
  if (!options.tls.certificate.empty()) {
    auto tls = TlsFiles::Open(options.tls, setup->probe_);
    if (!tls.ok()) return WithPrefix("--tls-cert", tls.status());
    setup->tls_ = *std::move(tls);
  }
  if (!options.state_folder.empty()) {
    auto budgets = MembershipBudgets::Open(options.state_folder, setup->probe_);
    if (!budgets.ok()) return WithPrefix("--state-dir", budgets.status());
    setup->budgets_ = *std::move(budgets);
  }
  if (!options.audit_log.empty()) {
    CountHangups();
    auto audit = AuditLog::Open(options.audit_log, Hangups, setup->probe_);
    if (!audit.ok()) return WithPrefix("--audit-log", audit.status());
    setup->audit_ = *std::move(audit);
  }
  return setup;
}

}  // namespace provnet
