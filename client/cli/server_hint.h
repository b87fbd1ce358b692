#ifndef PROVNET_CLIENT_CLI_SERVER_HINT_H_
#define PROVNET_CLIENT_CLI_SERVER_HINT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace provnet {

// What to check after a call to `server` ended with `status`, in one line; empty where the server
// itself answered, so that its message says all. gRPC tells why it has no connection in words only,
// which differ between its releases: what is not recognised gets the general advice. `tls` is
// whether the client spoke it.
std::string ServerHint(const absl::Status& status, absl::string_view server, bool tls);

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_SERVER_HINT_H_
