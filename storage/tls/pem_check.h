#ifndef PROVNET_STORAGE_TLS_PEM_CHECK_H_
#define PROVNET_STORAGE_TLS_PEM_CHECK_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace provnet {

// What gRPC would refuse only at the handshake, or in its own log, found before: servers and
// clients check their files with these. Errors are INVALID_ARGUMENT, say what is wrong and what was
// expected, and nothing of the key. Thread-safe.

// Unless `chain` (one's own certificate, then those of the authorities between it and a root) and
// `key` can be read, the key is the certificate's, OpenSSL takes both (a key that is too weak for
// it is refused here) and all of the chain is valid at `now`. Returns when the first of the chain's
// certificates expires.
absl::StatusOr<absl::Time> CheckCertificateAndKey(const std::string& chain, const std::string& key,
                                                  absl::Time now);

// Unless `pem` holds one certificate or more and all of them can be read. Returns when the first of
// them expires; that it has is no error. `what` stands for it in the error: "the client CA".
absl::StatusOr<absl::Time> CheckAuthorities(const std::string& pem, absl::string_view what);

}  // namespace provnet

#endif  // PROVNET_STORAGE_TLS_PEM_CHECK_H_
