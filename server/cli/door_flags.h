#ifndef PROVNET_SERVER_CLI_DOOR_FLAGS_H_
#define PROVNET_SERVER_CLI_DOOR_FLAGS_H_

#include "absl/status/status.h"
#include "server/service/server.h"

namespace provnet {

// Fills in what the flags say about health, connections and calls in progress. INVALID_ARGUMENT
// names the flag, its value and what was expected.
absl::Status FillDoorOptions(ServerOptions& options);

}  // namespace provnet

#endif  // PROVNET_SERVER_CLI_DOOR_FLAGS_H_
