#ifndef PROVNET_TRAINER_DISTRIBUTED_ENVIRONMENT_H_
#define PROVNET_TRAINER_DISTRIBUTED_ENVIRONMENT_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "trainer/distributed/share.h"

namespace provnet {

// Where the processes of one fit meet, and which of them this one is.
struct WorldAddress {
  // Rank 0 listens there.
  std::string host;
  uint16_t port = 0;
  // ranks is 1 .. 1024, rank below it.
  RankOf who;
};

// The value of an environment variable; null when it is not set.
using Environment = std::function<const char*(const char* name)>;

// What torch.distributed's launchers put into the environment: MASTER_ADDR, MASTER_PORT, RANK and
// WORLD_SIZE. Nothing when none of them is set. INVALID_ARGUMENT when only some are, or a value
// makes no sense: names the variable, its value and what was expected.
absl::StatusOr<std::optional<WorldAddress>> ReadWorldAddress(const Environment& environment);

// LOCAL_RANK: which of a machine's processes this one is, and so which of its GPUs is its own.
// Nothing when it is not set; INVALID_ARGUMENT when it makes no sense.
absl::StatusOr<std::optional<uint32_t>> ReadLocalRank(const Environment& environment);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DISTRIBUTED_ENVIRONMENT_H_
