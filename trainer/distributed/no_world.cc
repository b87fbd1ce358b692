#include "trainer/distributed/world.h"

namespace provnet {

// In place of c10d_world.cc where the build found no Gloo.
absl::StatusOr<std::unique_ptr<World>> JoinWorld(const WorldAddress&, const WorldOptions&) {
  return absl::UnimplementedError(
      "this build of provnet-train can't train together with other processes: LibTorch came "
      "without Gloo, or its headers (Debian: libgloo-dev) were missing. Unset MASTER_ADDR, "
      "MASTER_PORT, RANK and WORLD_SIZE to train alone");
}

}  // namespace provnet
