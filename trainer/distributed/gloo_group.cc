#include <torch/torch.h>

#include <cstdlib>
#include <exception>
#include <utility>

#include "trainer/distributed/rank_group.h"

namespace provnet {
namespace {

using c10d::ProcessGroupGloo;

class GlooGroup : public RankGroup {
 public:
  explicit GlooGroup(c10::intrusive_ptr<ProcessGroupGloo> group) : group_(std::move(group)) {}

  // The group's destructor waits for what is under way, perhaps for a rank that is gone. The
  // process is about to end.
  ~GlooGroup() override {
    if (abandoned_) group_.release();
  }

  Collectives& collectives() override { return *group_; }

  bool EndsWithin(c10d::Work& work, absl::Duration limit) override {
    try {
      work.wait(absl::ToChronoMilliseconds(limit));
      return true;
    } catch (const std::exception&) {
      // It failed, or only takes longer.
      return work.isCompleted();
    }
  }

  void Take(c10d::Work& work) override { work.wait(); }

  void ShutDown() override {}

  void Abandon() override { abandoned_ = true; }

 private:
  c10::intrusive_ptr<ProcessGroupGloo> group_;
  bool abandoned_ = false;
};

}  // namespace

std::unique_ptr<RankGroup> OpenGlooGroup(const c10::intrusive_ptr<c10d::Store>& store, RankOf who,
                                         absl::Duration timeout) {
  const auto options = ProcessGroupGloo::Options::create(absl::ToChronoMilliseconds(timeout));
  const char* interface = std::getenv("GLOO_SOCKET_IFNAME");
  options->devices.push_back(interface != nullptr
                                 ? ProcessGroupGloo::createDeviceForInterface(interface)
                                 : ProcessGroupGloo::createDefaultDevice());
  return std::make_unique<GlooGroup>(c10::make_intrusive<ProcessGroupGloo>(
      store, static_cast<int>(who.rank), static_cast<int>(who.ranks), options));
}

}  // namespace provnet
