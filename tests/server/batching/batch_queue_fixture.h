#ifndef PROVNET_TESTS_SERVER_BATCHING_BATCH_QUEUE_FIXTURE_H_
#define PROVNET_TESTS_SERVER_BATCHING_BATCH_QUEUE_FIXTURE_H_

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/batching/batch_queue.h"
#include "tests/testing/fake_clock.h"

namespace provnet {

// Collects what tasks, runner and probe report, and lets the test wait for it.
class Journal final : public BatchProbe {
 public:
  void TaskOffered() override { Add("offered"); }
  void WaitPredicted(absl::Duration wait) override {
    Add(absl::StrCat("predicted ", absl::FormatDuration(wait)));
  }
  void TaskRejected(RejectReason reason) override { Add(RejectReasonName(reason)); }
  void TaskWaited(absl::Duration wait) override {
    const MutexLock lock(mutex_);
    waits_.push_back(wait);
  }
  void BatchFormed(size_t size, DispatchReason reason) override {
    Add(absl::StrCat("batch of ", size, ": ", DispatchReasonName(reason)));
  }

  void TasksLate(size_t count) override { Add(absl::StrCat("late ", count)); }

  void Add(absl::string_view event) {
    const MutexLock lock(mutex_);
    ++counts_[std::string(event)];
    changed_.SignalAll();
  }
  void AwaitCount(const std::string& event, int count) {
    const MutexLock lock(mutex_);
    while (counts_[event] < count) changed_.Wait(mutex_);
  }
  int Count(const std::string& event) {
    const MutexLock lock(mutex_);
    return counts_[event];
  }
  std::vector<absl::Duration> waits() {
    const MutexLock lock(mutex_);
    return waits_;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  std::map<std::string, int> counts_ ABSL_GUARDED_BY(mutex_);
  std::vector<absl::Duration> waits_ ABSL_GUARDED_BY(mutex_);
};

class FakeTask final : public BatchTask {
 public:
  FakeTask(int number, Journal& journal, const CancelToken* token, absl::Duration deadline,
           Priority priority)
      : number_(number),
        journal_(journal),
        token_(token),
        deadline_(deadline),
        priority_(priority) {}

  void Reject(absl::Status status) override {
    journal_.Add(absl::StrCat("rejected ", number_, ": ", status.ToString()));
  }
  void Starts(const BatchStart& start) override {
    journal_.Add(absl::StrCat("started ", number_, " after ", absl::FormatDuration(start.waited),
                              ", one of ", start.batch_size));
  }
  bool cancelled() const override { return token_ != nullptr && token_->cancelled(); }
  absl::Duration deadline() const override { return deadline_; }
  Priority priority() const override { return priority_; }
  void Run() { journal_.Add(absl::StrCat("ran ", number_)); }
  int number() const { return number_; }

 private:
  const int number_;
  Journal& journal_;
  const CancelToken* const token_;
  const absl::Duration deadline_;
  const Priority priority_;
};

// A queue whose batches stop at a gate that the test opens.
class BatchQueueTest : public testing::Test {
 protected:
  void TearDown() override {
    OpenGate();
    queue_.reset();
  }

  void Start(BatchQueue::Options options) {
    auto queue = BatchQueue::Create(
        std::move(options), [this](auto batch) { Run(std::move(batch)); }, clock_, journal_);
    ASSERT_TRUE(queue.ok()) << queue.status();
    queue_ = *std::move(queue);
  }

  std::unique_ptr<BatchTask> Task(int number, const CancelToken* token = nullptr,
                                  absl::Duration deadline = absl::InfiniteDuration(),
                                  Priority priority = Priority::kNormal) {
    return std::make_unique<FakeTask>(number, journal_, token, deadline, priority);
  }
  std::unique_ptr<BatchTask> Task(int number, Priority priority) {
    return Task(number, nullptr, absl::InfiniteDuration(), priority);
  }
  absl::Status Enqueue(std::unique_ptr<BatchTask> task) { return queue_->Enqueue(std::move(task)); }

  void EnqueueWhenRoom(std::unique_ptr<BatchTask> task) {
    queue_->EnqueueWhenRoom(std::move(task), [this] { journal_.Add("left"); });
  }

  // Occupies all executors, so that later tasks wait.
  void Occupy(int executors) {
    for (int i = 0; i < executors; ++i) {
      ASSERT_TRUE(Enqueue(Task(1000 + i)).ok());
      journal_.AwaitCount("at the gate", i + 1);
    }
  }
  void OpenGate() { SetGate(true); }
  // Lets the queue learn that a batch of one takes `cost`, and leaves its one executor in a batch
  // that has just begun.
  void OccupyAfterLearning(absl::Duration cost) {
    Occupy(1);
    clock_.Advance(cost);
    OpenGate();
    journal_.AwaitCount("ran 1000", 1);
    SetGate(false);
    ASSERT_TRUE(Enqueue(Task(1001)).ok());
    journal_.AwaitCount("at the gate", 2);
  }
  absl::Duration In(int64_t ms) const { return clock_.Monotonic() + absl::Milliseconds(ms); }

  std::vector<std::vector<int>> batches() {
    const MutexLock lock(gate_mutex_);
    return batches_;
  }

  FakeClock clock_;
  Journal journal_;
  std::unique_ptr<BatchQueue> queue_;

 private:
  void SetGate(bool open) {
    const MutexLock lock(gate_mutex_);
    gate_open_ = open;
    gate_changed_.SignalAll();
  }

  void Run(std::vector<std::unique_ptr<BatchTask>> batch) {
    {
      const MutexLock lock(gate_mutex_);
      std::vector<int> numbers;
      for (const auto& task : batch) numbers.push_back(static_cast<FakeTask&>(*task).number());
      batches_.push_back(numbers);
      journal_.Add("at the gate");
      while (!gate_open_) gate_changed_.Wait(gate_mutex_);
    }
    for (const auto& task : batch) static_cast<FakeTask&>(*task).Run();
  }

  Mutex gate_mutex_;
  CondVar gate_changed_;
  bool gate_open_ ABSL_GUARDED_BY(gate_mutex_) = false;
  std::vector<std::vector<int>> batches_ ABSL_GUARDED_BY(gate_mutex_);
};

}  // namespace provnet

#endif  // PROVNET_TESTS_SERVER_BATCHING_BATCH_QUEUE_FIXTURE_H_
