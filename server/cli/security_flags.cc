#include "server/cli/security_flags.h"

#include <string>

#include "absl/flags/flag.h"
#include "storage/base/status_macros.h"

ABSL_FLAG(std::string, access_policy, "",
          "file that says which role may make which call on which model; read again when it "
          "changes. Without it everybody may do everything");
ABSL_FLAG(std::string, tokens, "",
          "file of the SHA-256 of each bearer token with its principal and roles; read again when "
          "it changes");
ABSL_FLAG(std::string, tls_cert, "",
          "PEM file of the server's certificate and those between it and a root; with --tls-key "
          "gRPC speaks TLS alone; read again when it changes");
ABSL_FLAG(std::string, tls_key, "", "PEM file of the key of --tls-cert, without a pass phrase");
ABSL_FLAG(std::string, tls_client_ca, "",
          "PEM file of the authorities of which every client must show a certificate");
ABSL_FLAG(std::string, audit_log, "",
          "file to which a JSON line is appended for each answer that shows training samples or "
          "membership, before it is sent; opened anew after SIGHUP. Without it there is no record");
ABSL_FLAG(std::string, state_dir, "",
          "writable folder of this server alone, kept across restarts: what is used of membership "
          "budgets. Needed where the access policy sets one");

namespace provnet {
namespace {

absl::StatusOr<TlsFiles::Options> TlsOptionsFromFlags() {
  TlsFiles::Options tls;
  tls.certificate = absl::GetFlag(FLAGS_tls_cert);
  tls.key = absl::GetFlag(FLAGS_tls_key);
  tls.client_ca = absl::GetFlag(FLAGS_tls_client_ca);
  if (tls.certificate.empty() != tls.key.empty())
    return absl::InvalidArgumentError("--tls-cert and --tls-key go together; one is missing");
  if (tls.certificate.empty() && !tls.client_ca.empty()) {
    return absl::InvalidArgumentError(
        "--tls-client-ca is given without --tls-cert and --tls-key, the server's own");
  }
  return tls;
}

}  // namespace

absl::StatusOr<SecurityOptions> SecurityOptionsFromFlags() {
  SecurityOptions options;
  options.access.policy = absl::GetFlag(FLAGS_access_policy);
  options.access.tokens = absl::GetFlag(FLAGS_tokens);
  if (options.access.policy.empty() && !options.access.tokens.empty()) {
    return absl::InvalidArgumentError(
        "--tokens is given without --access-policy, which says what their roles may do");
  }
  PROVNET_ASSIGN_OR_RETURN(options.tls, TlsOptionsFromFlags());
  options.audit_log = absl::GetFlag(FLAGS_audit_log);
  options.state_folder = absl::GetFlag(FLAGS_state_dir);
  options.access.enforces_budgets = !options.state_folder.empty();
  return options;
}

}  // namespace provnet
