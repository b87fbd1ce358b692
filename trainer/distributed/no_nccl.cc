#include <stdexcept>

#include "trainer/distributed/rank_group.h"

namespace provnet {

// In place of nccl_group.cc where LibTorch has no NCCL, or its header was missing.
std::unique_ptr<RankGroup> OpenNcclGroup(const c10::intrusive_ptr<c10d::Store>&, RankOf,
                                         c10::Device, absl::Duration) {
  throw std::runtime_error("this build has no NCCL");
}

bool HasNccl() { return false; }

std::string GpuName(c10::Device) { throw std::runtime_error("this build has no NCCL"); }

}  // namespace provnet
