#ifndef PROVNET_SERVER_CLI_HEAP_ARENAS_H_
#define PROVNET_SERVER_CLI_HEAP_ARENAS_H_

namespace provnet {

// Call first in main: gives glibc's malloc one arena a core, two at least, where the user has not
// set MALLOC_ARENA_MAX. It would make eight a core. Each keeps what its busiest moment needed, for
// an executor the tensors of a large batch, and with every new version other threads come to other
// arenas: the resident set grows until all are warm.
void BoundHeapArenas();

}  // namespace provnet

#endif  // PROVNET_SERVER_CLI_HEAP_ARENAS_H_
