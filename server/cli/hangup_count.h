#ifndef PROVNET_SERVER_CLI_HANGUP_COUNT_H_
#define PROVNET_SERVER_CLI_HANGUP_COUNT_H_

#include <cstdint>

namespace provnet {

// From here on SIGHUP is counted, and no longer ends the process. Idempotent.
void CountHangups();

// How many came. Thread-safe.
uint64_t Hangups();

}  // namespace provnet

#endif  // PROVNET_SERVER_CLI_HANGUP_COUNT_H_
