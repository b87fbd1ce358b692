#ifndef PROVNET_SERVER_CLI_CONNECTION_FLAGS_H_
#define PROVNET_SERVER_CLI_CONNECTION_FLAGS_H_

#include "absl/status/statusor.h"
#include "server/service/connection_ages.h"

namespace provnet {

// What the flags about the life of connections say. INVALID_ARGUMENT names the flag, its value and
// what was expected.
absl::StatusOr<ConnectionAges> ConnectionAgesFromFlags();

}  // namespace provnet

#endif  // PROVNET_SERVER_CLI_CONNECTION_FLAGS_H_
