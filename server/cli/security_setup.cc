#include "server/cli/security_setup.h"

#include "absl/time/clock.h"
#include "server/cli/hangup_count.h"
#include "storage/base/status_prefix.h"

namespace provnet {
namespace {

constexpr absl::Duration kRetryInterval = absl::Seconds(1);

}  // namespace

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
    auto budgets = MembershipBudgets::Open(options.state_folder, Clock::Steady(), setup->probe_);
    if (!budgets.ok()) return WithPrefix("--state-dir", budgets.status());
    setup->budgets_ = *std::move(budgets);
  }
  if (!options.audit_log.empty()) {
    CountHangups();
    auto audit = AuditLog::Open(options.audit_log, Hangups, Clock::Steady(), setup->probe_);
    if (!audit.ok()) return WithPrefix("--audit-log", audit.status());
    setup->audit_ = *std::move(audit);
  }
  setup->retry_.emplace(kRetryInterval, [&setup = *setup] { setup.Retry(); });
  return setup;
}

void SecuritySetup::Retry() {
  if (audit_ != nullptr) audit_->Retry(absl::Now());
  if (budgets_ != nullptr) budgets_->Retry(absl::Now());
}

}  // namespace provnet
