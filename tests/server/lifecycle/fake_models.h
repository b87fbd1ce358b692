#ifndef PROVNET_TESTS_SERVER_LIFECYCLE_FAKE_MODELS_H_
#define PROVNET_TESTS_SERVER_LIFECYCLE_FAKE_MODELS_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/lifecycle/served_model.h"
#include "tests/testing/fake_servable.h"

namespace provnet {

class NullBatchProbe final : public BatchProbe {
 public:
  void TaskOffered() override {}
  void TaskRejected(RejectReason) override {}
  void TaskWaited(absl::Duration) override {}
  void BatchFormed(size_t, DispatchReason) override {}
  void WaitPredicted(absl::Duration) override {}
  void TasksLate(size_t) override {}
};

// A fake servable with a real queue, whose batches vanish.
inline std::unique_ptr<ServedModel> MakeServedModel(const std::string& model, uint64_t version) {
  static auto* probe = new NullBatchProbe;
  FakeServable::Options options;
  options.model = model;
  options.version = version;
  auto served = std::make_unique<ServedModel>();
  served->handle = std::make_shared<FakeServable>(options);
  served->queue = *BatchQueue::Create(
      {}, [](std::vector<std::unique_ptr<BatchTask>>) {}, Clock::Steady(), *probe);
  return served;
}

}  // namespace provnet

#endif  // PROVNET_TESTS_SERVER_LIFECYCLE_FAKE_MODELS_H_
