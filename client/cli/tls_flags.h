#ifndef PROVNET_CLIENT_CLI_TLS_FLAGS_H_
#define PROVNET_CLIENT_CLI_TLS_FLAGS_H_

#include <optional>
#include <string>

#include "absl/flags/declare.h"
#include "absl/status/statusor.h"
#include "client/client_options.h"

ABSL_DECLARE_FLAG(std::string, tls_ca);
ABSL_DECLARE_FLAG(bool, allow_plaintext_token);

namespace provnet {

// What --tls-ca and its companions say; absent where none is given. INVALID_ARGUMENT names the flag
// and the file.
absl::StatusOr<std::optional<ClientTls>> TlsFromFlags();

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_TLS_FLAGS_H_
