#ifndef PROVNET_SERVER_CLI_SECURITY_FLAGS_H_
#define PROVNET_SERVER_CLI_SECURITY_FLAGS_H_

#include <filesystem>

#include "absl/status/statusor.h"
#include "server/security/access_control.h"
#include "server/security/tls_files.h"

namespace provnet {

// What the flags about access and TLS say.
struct SecurityOptions {
  // Without a policy the server is open.
  AccessControl::Options access = {};
  // Without a certificate the gRPC door is in plaintext.
  TlsFiles::Options tls = {};
  // Empty: disclosures are not recorded.
  std::filesystem::path audit_log = {};
  // Empty: nothing is kept across restarts, and the policy may have no budgets.
  std::filesystem::path state_folder = {};
};

// INVALID_ARGUMENT names the flag, its value and what was expected.
absl::StatusOr<SecurityOptions> SecurityOptionsFromFlags();

}  // namespace provnet

#endif  // PROVNET_SERVER_CLI_SECURITY_FLAGS_H_
