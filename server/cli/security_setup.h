#ifndef PROVNET_SERVER_CLI_SECURITY_SETUP_H_
#define PROVNET_SERVER_CLI_SECURITY_SETUP_H_

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "server/cli/security_flags.h"
#include "server/security/access_control.h"
#include "server/security/audit_log.h"
#include "server/security/membership_budgets.h"
#include "server/security/security_probe.h"
#include "server/security/tls_files.h"
#include "server/service/security_log.h"
#include "server/service/server.h"
#include "storage/base/repeating_thread.h"

namespace provnet {

// The server's guards, opened and owned. Outlives the server that they are for.
class SecuritySetup {
 public:
  // Fails with the flag and the file that can't be used. `log` and `metrics` outlive this.
  static absl::StatusOr<std::unique_ptr<SecuritySetup>> Open(const SecurityOptions& options,
                                                             const StructuredLog& log,
                                                             SecurityProbe& metrics);

  // Gives the server that is to be started its guards and its TLS.
  void Guard(ServerOptions& options) const {
    options.guards = {access_.get(), audit_.get(), budgets_.get()};
    options.tls = tls_.get();
  }

 private:
  SecuritySetup(const StructuredLog& log, SecurityProbe& metrics) : probe_(log, metrics) {}

  // What could not be recorded is tried again without anybody asking.
  void Retry();

  SecurityLog probe_;
  std::unique_ptr<AccessControl> access_;
  std::unique_ptr<TlsFiles> tls_;
  std::unique_ptr<AuditLog> audit_;
  std::unique_ptr<MembershipBudgets> budgets_;
  // The last member: it calls Retry().
  std::optional<RepeatingThread> retry_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_CLI_SECURITY_SETUP_H_
