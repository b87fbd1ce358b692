#include "server/batching/batch_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/testing/fake_clock.h"

namespace provnet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

// Collects what tasks, runner and probe report, and lets the test wait for it.
class Journal final : public BatchProbe {
 public:
  void TaskOffered() override { Add("offered"); }
  void TaskRejected(RejectReason reason) override { Add(RejectReasonName(reason)); }
  void TaskWaited(absl::Duration wait) override {
    const MutexLock lock(mutex_);
    waits_.push_back(wait);
  }
  void BatchFormed(size_t size, DispatchReason reason) override {
    Add(absl::StrCat("batch of ", size, ": ", DispatchReasonName(reason)));
  }

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
  FakeTask(int number, Journal& journal, const CancelToken* token, absl::Duration deadline)
      : number_(number), journal_(journal), token_(token), deadline_(deadline) {}

  void Reject(absl::Status status) override {
    journal_.Add(absl::StrCat("rejected ", number_, ": ", status.ToString()));
  }
  bool cancelled() const override { return token_ != nullptr && token_->cancelled(); }
  absl::Duration deadline() const override { return deadline_; }
  void Run() { journal_.Add(absl::StrCat("ran ", number_)); }
  int number() const { return number_; }

 private:
  const int number_;
  Journal& journal_;
  const CancelToken* const token_;
  const absl::Duration deadline_;
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
                                  absl::Duration deadline = absl::InfiniteDuration()) {
    return std::make_unique<FakeTask>(number, journal_, token, deadline);
  }
  absl::Status Enqueue(std::unique_ptr<BatchTask> task) { return queue_->Enqueue(std::move(task)); }

  // Occupies all executors, so that later tasks wait.
  void Occupy(int executors) {
    for (int i = 0; i < executors; ++i) {
      ASSERT_TRUE(Enqueue(Task(1000 + i)).ok());
      journal_.AwaitCount("at the gate", i + 1);
    }
  }
  void OpenGate() {
    const MutexLock lock(gate_mutex_);
    gate_open_ = true;
    gate_changed_.SignalAll();
  }

  std::vector<std::vector<int>> batches() {
    const MutexLock lock(gate_mutex_);
    return batches_;
  }

  FakeClock clock_;
  Journal journal_;
  std::unique_ptr<BatchQueue> queue_;

 private:
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

TEST_F(BatchQueueTest, RunsALoneTaskAtOnce) {
  Start({});
  OpenGate();
  ASSERT_TRUE(Enqueue(Task(1)).ok());
  journal_.AwaitCount("ran 1", 1);
  EXPECT_EQ(journal_.Count("batch of 1: executor_free"), 1);
  EXPECT_THAT(journal_.waits(), ElementsAre(absl::ZeroDuration()));
}

TEST_F(BatchQueueTest, WhatArrivesDuringABatchFormsTheNextInOrder) {
  Start({});
  Occupy(1);
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(Enqueue(Task(i)).ok());
  clock_.Advance(absl::Milliseconds(7));
  OpenGate();
  queue_->Drain();
  EXPECT_THAT(batches(), ElementsAre(ElementsAre(1000), ElementsAre(1, 2, 3)));
  EXPECT_EQ(journal_.waits().back(), absl::Milliseconds(7));
}

TEST_F(BatchQueueTest, NoBatchExceedsTheLimit) {
  Start({.limits = {.max_batch_size = 2}});
  Occupy(1);
  for (int i = 1; i <= 5; ++i) ASSERT_TRUE(Enqueue(Task(i)).ok());
  OpenGate();
  queue_->Drain();
  EXPECT_THAT(batches(),
              ElementsAre(ElementsAre(1000), ElementsAre(1, 2), ElementsAre(3, 4), ElementsAre(5)));
  EXPECT_EQ(journal_.Count("batch of 2: full"), 2);
}

TEST_F(BatchQueueTest, RefusesWhenFullAndLeavesTheTaskToTheCaller) {
  Start({.max_waiting = 2});
  Occupy(1);
  ASSERT_TRUE(Enqueue(Task(1)).ok());
  ASSERT_TRUE(Enqueue(Task(2)).ok());
  std::unique_ptr<BatchTask> task = Task(3);
  const absl::Status status = queue_->Enqueue(std::move(task));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("2 requests wait, the limit is 2"));
  EXPECT_NE(task, nullptr);
  EXPECT_EQ(journal_.Count("queue_full"), 1);
}

TEST_F(BatchQueueTest, RefusesWhenDrainedAndLeavesTheTaskToTheCaller) {
  Start({});
  queue_->Drain();
  std::unique_ptr<BatchTask> task = Task(1);
  EXPECT_EQ(queue_->Enqueue(std::move(task)).code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(task, nullptr);
  EXPECT_EQ(journal_.Count("draining"), 1);
}

TEST_F(BatchQueueTest, DropsTheCancelledAndServesItsMates) {
  Start({});
  Occupy(1);
  CancelToken token;
  ASSERT_TRUE(Enqueue(Task(1)).ok());
  ASSERT_TRUE(Enqueue(Task(2, &token)).ok());
  ASSERT_TRUE(Enqueue(Task(3)).ok());
  token.Cancel();
  OpenGate();
  queue_->Drain();
  EXPECT_THAT(batches(), ElementsAre(ElementsAre(1000), ElementsAre(1, 3)));
  EXPECT_EQ(journal_.Count("rejected 2: CANCELLED: the caller cancelled the request"), 1);
  EXPECT_EQ(journal_.Count("cancelled"), 1);
}

TEST_F(BatchQueueTest, DropsTheExpiredAndServesItsMates) {
  Start({});
  Occupy(1);
  const absl::Duration deadline = clock_.Monotonic() + absl::Milliseconds(5);
  ASSERT_TRUE(Enqueue(Task(1, nullptr, deadline)).ok());
  ASSERT_TRUE(Enqueue(Task(2)).ok());
  clock_.Advance(absl::Milliseconds(5));
  OpenGate();
  queue_->Drain();
  EXPECT_THAT(batches(), ElementsAre(ElementsAre(1000), ElementsAre(2)));
  EXPECT_EQ(
      journal_.Count("rejected 1: DEADLINE_EXCEEDED: the deadline passed after 5ms in the queue"),
      1);
  EXPECT_EQ(journal_.Count("expired"), 1);
}

TEST_F(BatchQueueTest, DrainRunsAllThatWait) {
  Start({.limits = {.max_batch_size = 3}});
  Occupy(1);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(Enqueue(Task(i)).ok());
  OpenGate();
  queue_->Drain();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(journal_.Count(absl::StrCat("ran ", i)), 1);
}

TEST_F(BatchQueueTest, TwoExecutorsRunTwoBatchesAtATime) {
  Start({.executors = 2});
  Occupy(2);
  EXPECT_THAT(batches(), testing::UnorderedElementsAre(ElementsAre(1000), ElementsAre(1001)));
}

TEST_F(BatchQueueTest, EveryExecutorIsInitialised) {
  Start({.executors = 3, .executor_init = [this] { journal_.Add("init"); }});
  journal_.AwaitCount("init", 3);
}

TEST_F(BatchQueueTest, LingersUntilTheBatchIsFull) {
  Start({.limits = {.max_batch_size = 2, .linger = absl::Hours(1)}});
  OpenGate();
  ASSERT_TRUE(Enqueue(Task(1)).ok());
  ASSERT_TRUE(Enqueue(Task(2)).ok());
  journal_.AwaitCount("ran 2", 1);
  EXPECT_EQ(journal_.Count("batch of 2: full"), 1);
}

TEST_F(BatchQueueTest, DrainEndsTheLinger) {
  Start({.limits = {.linger = absl::Hours(1)}});
  OpenGate();
  ASSERT_TRUE(Enqueue(Task(1)).ok());
  queue_->Drain();
  EXPECT_EQ(journal_.Count("batch of 1: draining"), 1);
}

TEST_F(BatchQueueTest, TellsTheRefusedWhenThereIsRoom) {
  Start({.max_waiting = 1});
  Occupy(1);
  ASSERT_TRUE(Enqueue(Task(1)).ok());
  queue_->WhenRoom([this] { journal_.Add("room"); });
  EXPECT_EQ(journal_.Count("room"), 0);
  OpenGate();
  journal_.AwaitCount("room", 1);
}

TEST_F(BatchQueueTest, TellsTheRefusedAtOnceWhenThereIsRoomAlready) {
  Start({.max_waiting = 1});
  queue_->WhenRoom([this] { journal_.Add("room"); });
  EXPECT_EQ(journal_.Count("room"), 1);
}

TEST_F(BatchQueueTest, TheProbesCountsAddUp) {
  Start({.max_waiting = 1});
  Occupy(1);
  CancelToken token;
  ASSERT_TRUE(Enqueue(Task(1, &token)).ok());
  EXPECT_FALSE(Enqueue(Task(2)).ok());
  token.Cancel();
  OpenGate();
  queue_->Drain();
  EXPECT_EQ(journal_.Count("offered"), 3);
  EXPECT_EQ(journal_.Count("batch of 1: executor_free") + journal_.Count("queue_full") +
                journal_.Count("cancelled"),
            3);
}

TEST(BatchQueueOptionsTest, NamesTheOptionThatIsWrong) {
  FakeClock clock;
  Journal journal;
  const std::pair<BatchQueue::Options, const char*> rows[] = {
      {{.max_waiting = 0}, "max_waiting is 0"},
      {{.executors = 0}, "executors is 0"},
      {{.limits = {.max_batch_size = 0}}, "max_batch_size is 0"},
      {{.limits = {.linger = -absl::Seconds(1)}}, "linger is -1s"},
  };
  for (const auto& [options, want] : rows) {
    const auto queue = BatchQueue::Create(
        options, [](auto) {}, clock, journal);
    EXPECT_EQ(queue.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(queue.status().message()), HasSubstr(want));
  }
}

}  // namespace
}  // namespace provnet
