#include <ATen/cuda/CUDAContext.h>
#include <torch/csrc/cuda/nccl.h>
#include <torch/torch.h>

#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <thread>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "storage/base/clock.h"
#include "trainer/distributed/rank_group.h"

namespace provnet {
namespace {

using c10d::ProcessGroupNCCL;

// How long a wait keeps its core before it rests in between: most exchanges take less.
constexpr absl::Duration kSpin = absl::Milliseconds(2);
constexpr absl::Duration kRest = absl::Microseconds(100);

// Later versions of LibTorch have an end in order, and one that leaves what is under way.
// Both may throw what NCCL says; the process has no more use for the group, so nothing is lost.
template <typename Group>
void EndInOrder(Group& group) {
  try {
    if constexpr (requires { group.shutdown(); }) group.shutdown();
  } catch (const std::exception&) {
  }
}
template <typename Group>
void Abort(Group& group) {
  try {
    if constexpr (requires { group.abort(); }) group.abort();
  } catch (const std::exception&) {
  }
}

// LibTorch fills in a structure of NCCL's that this file makes room for, and that grows with
// NCCL's version.
void CheckHeader() {
  constexpr uint64_t kHeader =
      uint64_t{NCCL_MAJOR} << 32 | uint64_t{NCCL_MINOR} << 16 | uint64_t{NCCL_PATCH};
  const uint64_t library = torch::cuda::nccl::version();
  if (kHeader >= library) return;
  throw std::runtime_error(absl::StrCat(
      "this build's nccl.h is of version ", NCCL_MAJOR, ".", NCCL_MINOR, ".", NCCL_PATCH,
      ", but LibTorch brings NCCL ", library >> 32, ".", library >> 16 & 0xffff, ".",
      library & 0xffff, ": build with a header that is not older"));
}

class NcclGroup : public RankGroup {
 public:
  explicit NcclGroup(c10::intrusive_ptr<ProcessGroupNCCL> group) : group_(std::move(group)) {}

  ~NcclGroup() override {
    if (!abandoned_) return;
    // What still runs on the GPU waits for a rank that is gone.
    Abort(*group_);
    group_.release();
  }

  Collectives& collectives() override { return *group_; }

  // LibTorch's own wait with a limit takes the whole group down when that has passed.
  bool EndsWithin(c10d::Work& work, absl::Duration limit) override {
    const absl::Duration start = Clock::Steady().Monotonic();
    while (!work.isCompleted()) {
      const absl::Duration waited = Clock::Steady().Monotonic() - start;
      if (waited > limit) return false;
      if (waited < kSpin) {
        std::this_thread::yield();
      } else {
        std::this_thread::sleep_for(absl::ToChronoMicroseconds(kRest));
      }
    }
    return true;
  }

  void Take(c10d::Work& work) override {
    if (const std::exception_ptr failure = work.exception()) std::rethrow_exception(failure);
    work.wait();
  }

  void ShutDown() override { EndInOrder(*group_); }

  void Abandon() override { abandoned_ = true; }

 private:
  c10::intrusive_ptr<ProcessGroupNCCL> group_;
  bool abandoned_ = false;
};

}  // namespace

std::unique_ptr<RankGroup> OpenNcclGroup(const c10::intrusive_ptr<c10d::Store>& store, RankOf who,
                                         c10::Device device, absl::Duration timeout) {
  CheckHeader();
  // NCCL takes the current device for what it sets up.
  const c10::DeviceGuard guard(device);
  const auto options = ProcessGroupNCCL::Options::create();
  options->timeout = absl::ToChronoMilliseconds(timeout);
  return std::make_unique<NcclGroup>(c10::make_intrusive<ProcessGroupNCCL>(
      c10::make_intrusive<c10d::PrefixStore>("nccl", store), static_cast<int>(who.rank),
      static_cast<int>(who.ranks), options));
}

bool HasNccl() { return true; }

std::string GpuName(c10::Device gpu) {
  const cudaDeviceProp& properties = *at::cuda::getDeviceProperties(gpu.index());
  const std::string id =
      absl::BytesToHexString({properties.uuid.bytes, sizeof(properties.uuid.bytes)});
  // By this variable a process poses as one of another machine.
  const char* machine = std::getenv("NCCL_HOSTID");
  return absl::StrCat(properties.name, " ", id, machine == nullptr ? "" : " of ",
                      machine == nullptr ? "" : machine);
}

}  // namespace provnet
