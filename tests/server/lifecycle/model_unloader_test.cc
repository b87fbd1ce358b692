#include "server/lifecycle/model_unloader.h"

#include <gtest/gtest.h>

#include <deque>
#include <latch>
#include <thread>

#include "storage/base/mutex.h"
#include "tests/server/lifecycle/fake_models.h"

namespace provnet {
namespace {

// Remembers what was unloaded and on which thread.
class Unloads {
 public:
  void Add(uint64_t version) {
    const MutexLock lock(mutex_);
    versions_.push_back(version);
    thread_ = std::this_thread::get_id();
    changed_.SignalAll();
  }
  std::vector<uint64_t> Await(size_t count) {
    const MutexLock lock(mutex_);
    while (versions_.size() < count) changed_.Wait(mutex_);
    return versions_;
  }
  size_t count() {
    const MutexLock lock(mutex_);
    return versions_.size();
  }
  std::thread::id thread() {
    const MutexLock lock(mutex_);
    return thread_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::vector<uint64_t> versions_ ABSL_GUARDED_BY(mutex_);
  std::thread::id thread_ ABSL_GUARDED_BY(mutex_);
};

// Holds a handle of the model in whose queue it waits, as calls do, and drops it when it is
// answered and everybody else has dropped theirs.
class HoldingTask final : public BatchTask {
 public:
  HoldingTask(ServedModelHandle model, std::latch& others_gone)
      : model_(std::move(model)), others_gone_(others_gone) {}
  ~HoldingTask() override { others_gone_.wait(); }
  void Reject(absl::Status) override {}
  bool cancelled() const override { return false; }
  absl::Duration deadline() const override { return absl::InfiniteDuration(); }

 private:
  const ServedModelHandle model_;
  std::latch& others_gone_;
};

TEST(ModelUnloaderTest, UnloadsWithTheLastHandleAndNotBefore) {
  Unloads unloads;
  ModelUnloader unloader([&](const std::string&, uint64_t version) { unloads.Add(version); });
  ServedModelHandle first = unloader.Own(MakeServedModel("a", 7));
  ServedModelHandle second = first;
  first.reset();
  EXPECT_EQ(unloads.count(), 0);
  EXPECT_EQ(second->handle->manifest().version(), 7);
  second.reset();
  EXPECT_EQ(unloads.Await(1), std::vector<uint64_t>{7});
  EXPECT_NE(unloads.thread(), std::this_thread::get_id());
}

TEST(ModelUnloaderTest, TheLastHandleMayGoOnTheModelsOwnExecutor) {
  Unloads unloads;
  std::deque<std::latch> gone;
  ModelUnloader unloader([&](const std::string&, uint64_t version) { unloads.Add(version); });
  for (uint64_t version = 1; version <= 50; ++version) {
    std::latch& others_gone = gone.emplace_back(1);
    ServedModelHandle model = unloader.Own(MakeServedModel("a", version));
    // The queue has to live until it has taken the task.
    ASSERT_TRUE(model->queue->Enqueue(std::make_unique<HoldingTask>(model, others_gone)).ok());
    model.reset();
    // From here on the task's handle is the last.
    others_gone.count_down();
  }
  EXPECT_EQ(unloads.Await(50).size(), 50);
}

TEST(ModelUnloaderTest, HandlesMayOutliveIt) {
  ServedModelHandle model;
  {
    ModelUnloader unloader;
    model = unloader.Own(MakeServedModel("a", 1));
  }
  EXPECT_EQ(model->handle->manifest().version(), 1);
}

TEST(ModelUnloaderTest, UnloadsWhatWasHandedOverBeforeItEnds) {
  Unloads unloads;
  {
    ModelUnloader unloader([&](const std::string&, uint64_t version) { unloads.Add(version); });
    for (uint64_t version = 1; version <= 5; ++version) unloader.Own(MakeServedModel("a", version));
  }
  EXPECT_EQ(unloads.count(), 5);
}

}  // namespace
}  // namespace provnet
