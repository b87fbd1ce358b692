#include "server/cli/heap_arenas.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/match.h"
#include "storage/base/available_cores.h"

namespace provnet {

void BoundHeapArenas() {
  const char* tunables = getenv("GLIBC_TUNABLES");
  if (getenv("MALLOC_ARENA_MAX") != nullptr ||
      (tunables != nullptr && absl::StrContains(tunables, "arena_max")))
    return;
  mallopt(M_ARENA_MAX, std::max(2, AvailableCores()));
}

}  // namespace provnet
