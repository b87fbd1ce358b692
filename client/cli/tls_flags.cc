#include "client/cli/tls_flags.h"

#include <string>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"
#include "storage/base/status_prefix.h"
#include "storage/tls/pem_check.h"

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

// More than any set of authorities.
constexpr size_t kMaxPemBytes = size_t{16} << 20;

// "--tls-ca=FILE".
std::string Written(absl::string_view flag, const std::string& path) {
  return absl::StrCat(flag, "=", path);
}

// Empty where no file is named.
absl::StatusOr<std::string> ReadPem(absl::string_view flag, const std::string& path,
                                    absl::string_view expected) {
  if (path.empty()) return std::string();
  absl::StatusOr<std::string> pem = ReadFile(path, kMaxPemBytes);
  if (pem.ok()) return pem;
  return absl::InvalidArgumentError(
      absl::StrCat(flag, ": ", pem.status().message(), "; expected ", expected));
}

// What gRPC would find at the first handshake only.
absl::Status Check(const ClientTls& tls) {
  PROVNET_RETURN_IF_ERROR(
      CheckAuthorities(tls.ca, Written("--tls-ca", absl::GetFlag(FLAGS_tls_ca))).status());
  if (tls.certificate.empty()) return absl::OkStatus();
  const auto expiry = CheckCertificateAndKey(tls.certificate, tls.key, absl::Now());
  if (expiry.ok()) return absl::OkStatus();
  return WithPrefix(absl::StrCat(Written("--tls-cert", absl::GetFlag(FLAGS_tls_cert)), " with ",
                                 Written("--tls-key", absl::GetFlag(FLAGS_tls_key))),
                    expiry.status());
}

// Whether the flags make sense together, whatever the files hold.
absl::Status CheckFlags() {
  const bool ca = !absl::GetFlag(FLAGS_tls_ca).empty();
  const bool certificate = !absl::GetFlag(FLAGS_tls_cert).empty();
  const bool key = !absl::GetFlag(FLAGS_tls_key).empty();
  if (certificate != key) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--tls-cert and --tls-key go together; ", key ? "--tls-cert" : "--tls-key", " is missing"));
  }
  if (ca || (!certificate && absl::GetFlag(FLAGS_tls_server_name).empty())) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "--tls-ca is missing, expected the PEM file of the authorities that vouch for the server");
}

}  // namespace

absl::StatusOr<std::optional<ClientTls>> TlsFromFlags() {
  PROVNET_RETURN_IF_ERROR(CheckFlags());
  if (absl::GetFlag(FLAGS_tls_ca).empty()) return std::nullopt;
  ClientTls tls;
  PROVNET_ASSIGN_OR_RETURN(
      tls.ca, ReadPem("--tls-ca", absl::GetFlag(FLAGS_tls_ca), "a PEM file of certificates"));
  PROVNET_ASSIGN_OR_RETURN(tls.certificate, ReadPem("--tls-cert", absl::GetFlag(FLAGS_tls_cert),
                                                    "the PEM file of a certificate"));
  PROVNET_ASSIGN_OR_RETURN(
      tls.key, ReadPem("--tls-key", absl::GetFlag(FLAGS_tls_key), "the PEM file of a private key"));
  tls.server_name = absl::GetFlag(FLAGS_tls_server_name);
  PROVNET_RETURN_IF_ERROR(Check(tls));
  return tls;
}

}  // namespace provnet
