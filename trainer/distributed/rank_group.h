#ifndef PROVNET_TRAINER_DISTRIBUTED_RANK_GROUP_H_
#define PROVNET_TRAINER_DISTRIBUTED_RANK_GROUP_H_

#include <c10/core/Device.h>

#include <memory>
#include <string>
#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>
#include <type_traits>

#include "absl/time/time.h"
#include "trainer/distributed/share.h"

namespace provnet {

// What declares the collectives: LibTorch 1.13's ProcessGroup, in later versions Backend.
using Collectives = std::conditional_t<std::is_base_of_v<c10d::Backend, c10d::ProcessGroupGloo>,
                                       c10d::Backend, c10d::ProcessGroup>;

// c10d's collectives among all ranks, on the tensors of one kind of device. Its methods throw what
// LibTorch throws. Not thread-safe.
class RankGroup {
 public:
  virtual ~RankGroup() = default;

  virtual Collectives& collectives() = 0;

  // Waits for `work` of these collectives, at most for about `limit`: whether it has ended, well or
  // not. A wait that runs out does not disturb it.
  virtual bool EndsWithin(c10d::Work& work, absl::Duration limit) = 0;
  // Makes the result of `work`, which has ended, that of what this thread computes next. Throws
  // when it failed.
  virtual void Take(c10d::Work& work) = 0;

  // Ends the group in order. All ranks call it, after their last collective.
  virtual void ShutDown() = 0;
  // In place of that: from now on the end of this object waits for no other rank.
  virtual void Abandon() = 0;
};

// Both throw when the group can't be made, and when an exchange has lasted for `timeout`; then
// LibTorch's watchdog of NCCL may also end the process.

// Gloo, for tensors in main memory.
std::unique_ptr<RankGroup> OpenGlooGroup(const c10::intrusive_ptr<c10d::Store>& store, RankOf who,
                                         absl::Duration timeout);
// NCCL, for tensors on GPUs. Each rank has a GPU of its own, here `device`. The ranks connect in
// their first collective, which returns when all are there.
std::unique_ptr<RankGroup> OpenNcclGroup(const c10::intrusive_ptr<c10d::Store>& store, RankOf who,
                                         c10::Device device, absl::Duration timeout);

// Whether this build has NCCL; without, the other functions of it throw.
bool HasNccl();

// Tells a GPU from all others that NCCL takes for others.
std::string GpuName(c10::Device gpu);

}  // namespace provnet

#endif  // PROVNET_TRAINER_DISTRIBUTED_RANK_GROUP_H_
