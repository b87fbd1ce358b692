#include "client/cli/tls_flags.h"

#include <fstream>
#include <iterator>
#include <string>

#include "absl/flags/flag.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

ABSL_FLAG(std::string, tls_ca, "",
          "speak TLS with a server whose certificate is of an authority in this PEM file, e.g. "
          "/etc/ssl/certs/ca-certificates.crt");
ABSL_FLAG(std::string, tls_cert, "",
          "PEM file of the certificate that tells the server who asks; with --tls-key");
ABSL_FLAG(std::string, tls_key, "", "PEM file of the key of --tls-cert");
ABSL_FLAG(std::string, tls_server_name, "",
          "name that the server's certificate must have, where it is not the host of --server");
ABSL_FLAG(bool, allow_plaintext_token, false,
          "send the token of --token-file without TLS, where nobody can listen");

namespace provnet {
namespace {

// Empty where no file is named.
absl::StatusOr<std::string> ReadPem(absl::string_view flag, const std::string& path) {
  if (path.empty()) return std::string();
  std::ifstream file(path, std::ios::binary);
  std::string pem{std::istreambuf_iterator<char>(file), {}};
  if (absl::StrContains(pem, "-----BEGIN ")) return pem;
  return absl::InvalidArgumentError(
      absl::StrCat(flag, "=", path,
                   file ? " has no PEM block, expected -----BEGIN ...-----" : " can't be read"));
}

}  // namespace

absl::StatusOr<std::optional<ClientTls>> TlsFromFlags() {
  ClientTls tls;
  PROVNET_ASSIGN_OR_RETURN(tls.ca, ReadPem("--tls-ca", absl::GetFlag(FLAGS_tls_ca)));
  PROVNET_ASSIGN_OR_RETURN(tls.certificate, ReadPem("--tls-cert", absl::GetFlag(FLAGS_tls_cert)));
  PROVNET_ASSIGN_OR_RETURN(tls.key, ReadPem("--tls-key", absl::GetFlag(FLAGS_tls_key)));
  tls.server_name = absl::GetFlag(FLAGS_tls_server_name);
  if (tls.certificate.empty() != tls.key.empty())
    return absl::InvalidArgumentError("--tls-cert and --tls-key go together; one is missing");
  if (!tls.ca.empty()) return tls;
  if (tls.certificate.empty() && tls.server_name.empty()) return std::nullopt;
  return absl::InvalidArgumentError(
      "--tls-ca is missing, expected the PEM file of the authorities that vouch for the server");
}

}  // namespace provnet
