#ifndef PROVNET_SERVER_SECURITY_TLS_MATERIALS_H_
#define PROVNET_SERVER_SECURITY_TLS_MATERIALS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace provnet {

// What a TLS server shows and trusts, in PEM.
struct TlsMaterials {
  // The server's certificate, then those of the authorities between it and a root.
  std::string certificate_chain;
  std::string private_key;
  // The authorities whose certificates clients must have; empty: clients need none.
  std::string client_ca;
};

// When materials stop working.
struct TlsExpiry {
  // The first of the chain's certificates to expire.
  absl::Time server;
  // The first of the client authorities to expire; the end of time without any.
  absl::Time client_ca = absl::InfiniteFuture();
};

// INVALID_ARGUMENT unless CheckCertificateAndKey and CheckAuthorities (storage/tls/pem_check.h)
// take all of it. Says which of the three is wrong and how, and nothing of the key. Thread-safe.
absl::StatusOr<TlsExpiry> CheckTlsMaterials(const TlsMaterials& materials, absl::Time now);

}  // namespace provnet

#endif  // PROVNET_SERVER_SECURITY_TLS_MATERIALS_H_
