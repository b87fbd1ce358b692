#include <torch/torch.h>

#include <chrono>
#include <thread>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#include <utility>

#include "storage/base/clock.h"
#include "trainer/distributed/rank_group.h"

namespace provnet {
namespace {

using c10d::ProcessGroupNCCL;

// How long a wait keeps its core before it rests in between: most exchanges take less.
constexpr absl::Duration kSpin = absl::Milliseconds(2);
constexpr absl::Duration kRest = absl::Microseconds(100);

// Later versions of LibTorch have an end in order, and one that leaves what is under way.
template <typename Group>
void ShutDown(Group& group) {
  if constexpr (requires { group.shutdown(); }) group.shutdown();
}
template <typename Group>
void Abort(Group& group) {
  if constexpr (requires { group.abort(); }) group.abort();
}

class NcclGroup : public RankGroup {
 public:
  explicit NcclGroup(c10::intrusive_ptr<ProcessGroupNCCL> group) : group_(std::move(group)) {}

  ~NcclGroup() override {
    if (abandoned_) {
      // What still runs on the GPU waits for a rank that is gone.
      Abort(*group_);
      group_.release();
    } else {
      ShutDown(*group_);
    }
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

  void Abandon() override { abandoned_ = true; }

 private:
  c10::intrusive_ptr<ProcessGroupNCCL> group_;
  bool abandoned_ = false;
};

}  // namespace

std::unique_ptr<RankGroup> OpenNcclGroup(const c10::intrusive_ptr<c10d::Store>& store, RankOf who,
                                         c10::Device device, absl::Duration timeout) {
  // NCCL takes the current device for what it sets up.
  const c10::DeviceGuard guard(device);
  const auto options = ProcessGroupNCCL::Options::create();
  options->timeout = absl::ToChronoMilliseconds(timeout);
  return std::make_unique<NcclGroup>(c10::make_intrusive<ProcessGroupNCCL>(
      c10::make_intrusive<c10d::PrefixStore>("nccl", store), static_cast<int>(who.rank),
      static_cast<int>(who.ranks), options));
}

bool HasNccl() { return true; }

}  // namespace provnet
