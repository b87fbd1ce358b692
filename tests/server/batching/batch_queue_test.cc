#include "server/batching/batch_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/batching/retry_after.h"
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

TEST_F(BatchQueueTest, EachMemberLearnsHowLongItWaitedAndWithHowManyItRuns) {
  Start({});
  Occupy(1);
  CancelToken token;
  ASSERT_TRUE(Enqueue(Task(1)).ok());
  ASSERT_TRUE(Enqueue(Task(2, &token)).ok());
  clock_.Advance(absl::Milliseconds(4));
  ASSERT_TRUE(Enqueue(Task(3)).ok());
  clock_.Advance(absl::Milliseconds(3));
  token.Cancel();
  OpenGate();
  queue_->Drain();
  EXPECT_EQ(journal_.Count("started 1 after 7ms, one of 2"), 1);
  EXPECT_EQ(journal_.Count("started 3 after 3ms, one of 2"), 1);
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

TEST_F(BatchQueueTest, AnswersTheExpiredWhileTheExecutorIsStuck) {
  Start({});
  Occupy(1);
  ASSERT_TRUE(Enqueue(Task(1, nullptr, In(5))).ok());
  ASSERT_TRUE(Enqueue(Task(2)).ok());
  clock_.Advance(absl::Milliseconds(6));
  journal_.AwaitCount("rejected 1: DEADLINE_EXCEEDED: the deadline passed after 6ms in the queue",
                      1);
  EXPECT_THAT(batches(), ElementsAre(ElementsAre(1000)));
}

TEST_F(BatchQueueTest, AnswersTheCancelledWhileTheExecutorIsStuck) {
  Start({});
  Occupy(1);
  CancelToken token;
  ASSERT_TRUE(Enqueue(Task(1, &token)).ok());
  token.Cancel();
  journal_.AwaitCount("rejected 1: CANCELLED: the caller cancelled the request", 1);
  EXPECT_THAT(batches(), ElementsAre(ElementsAre(1000)));
}

TEST_F(BatchQueueTest, TheDeadMakeRoomWhileTheExecutorIsStuck) {
  Start({.max_waiting = 1});
  Occupy(1);
  CancelToken token;
  ASSERT_TRUE(Enqueue(Task(1, &token)).ok());
  queue_->WhenRoom([this] { journal_.Add("room"); });
  token.Cancel();
  journal_.AwaitCount("room", 1);
  EXPECT_TRUE(Enqueue(Task(2)).ok());
}

TEST_F(BatchQueueTest, RefusesAtOnceWhatItCannotAnswerInTime) {
  Start({.limits = {.max_batch_size = 1}});
  OccupyAfterLearning(absl::Milliseconds(10));
  std::unique_ptr<BatchTask> task = Task(1, nullptr, In(19));
  const absl::Status status = queue_->Enqueue(std::move(task));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("may take 20ms with 0 requests ahead, and of the 19ms until the deadline "
                        "17.1ms can be used"));
  EXPECT_THAT(RetryAfter(status), testing::Optional(absl::Milliseconds(10)));
  EXPECT_NE(task, nullptr);
  EXPECT_EQ(journal_.Count("deadline_too_close"), 1);

  // A tenth of the time is for the way to the caller and back.
  EXPECT_TRUE(absl::IsResourceExhausted(Enqueue(Task(2, nullptr, In(22)))));
  ASSERT_TRUE(Enqueue(Task(2, nullptr, In(23))).ok());
  EXPECT_EQ(journal_.Count("predicted 10ms"), 3);
  // Its batch would be the third.
  EXPECT_TRUE(absl::IsResourceExhausted(Enqueue(Task(3, nullptr, In(25)))));
  EXPECT_EQ(journal_.Count("predicted 20ms"), 1);
}

TEST_F(BatchQueueTest, AnOverloadKeepsTheQueueShortAndAQuietTimeEndsIt) {
  Start({.limits = {.max_batch_size = 1}});
  OccupyAfterLearning(absl::Milliseconds(10));
  // Who has 80 ms is answered in time behind the one that runs and five more, but not six.
  int taken = 0;
  while (Enqueue(Task(++taken, nullptr, In(80))).ok()) continue;
  EXPECT_EQ(taken, 7);
  // The refusal makes it an overload, in which the 80 ms that the next one takes must be an eighth
  // of its time.
  EXPECT_TRUE(absl::IsResourceExhausted(Enqueue(Task(10, nullptr, In(600)))));
  EXPECT_TRUE(Enqueue(Task(11, nullptr, In(700))).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(Enqueue(Task(12, nullptr, In(700)))));
  // Who was refused would by now have been answered, or given up.
  clock_.Advance(absl::Milliseconds(601));
  EXPECT_TRUE(Enqueue(Task(13, nullptr, In(600))).ok());
}

TEST_F(BatchQueueTest, AnOverloadLeavesTheNextBatchToWhoCanStillBeAnswered) {
  Start({.limits = {.max_batch_size = 1}});
  OccupyAfterLearning(absl::Milliseconds(10));
  EXPECT_TRUE(absl::IsResourceExhausted(Enqueue(Task(1, nullptr, In(15)))));
  ASSERT_TRUE(Enqueue(Task(2, nullptr, In(25))).ok());
}

TEST_F(BatchQueueTest, RefusesAtOnceWhenThePredictedWaitIsOverTheBound) {
  Start({.max_predicted_wait = absl::Milliseconds(15), .limits = {.max_batch_size = 1}});
  OccupyAfterLearning(absl::Milliseconds(40));
  // With nobody ahead the bound does not count: the wait is that for one batch.
  ASSERT_TRUE(Enqueue(Task(1)).ok());
  const absl::Status status = Enqueue(Task(2));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("the predicted wait is 80ms, the limit is 15ms"));
  EXPECT_THAT(RetryAfter(status), testing::Optional(absl::Milliseconds(65)));
  EXPECT_EQ(journal_.Count("wait_too_long"), 1);
}

TEST_F(BatchQueueTest, AnIdleExecutorTakesWhateverItsDeadline) {
  Start({.limits = {.max_batch_size = 1}});
  OccupyAfterLearning(absl::Milliseconds(10));
  OpenGate();
  journal_.AwaitCount("ran 1001", 1);
  // Until the executor is idle again, the forecast for that moment refuses.
  while (!Enqueue(Task(1, nullptr, In(5))).ok()) std::this_thread::yield();
  journal_.AwaitCount("ran 1", 1);
}

TEST_F(BatchQueueTest, ABatchEndsWhereOneMoreWouldMakeAMemberLate) {
  Start({.limits = {.max_batch_size = 8}});
  // One costs 10 ms and, as nothing else is known, two cost 20.
  OccupyAfterLearning(absl::Milliseconds(10));
  ASSERT_TRUE(Enqueue(Task(1, nullptr, In(35))).ok());
  for (int i = 2; i <= 4; ++i) ASSERT_TRUE(Enqueue(Task(i)).ok());
  clock_.Advance(absl::Milliseconds(10));
  OpenGate();
  queue_->Drain();
  // 25 ms are left to the first.
  EXPECT_THAT(batches(), ElementsAre(ElementsAre(1000), ElementsAre(1001), ElementsAre(1, 2),
                                     ElementsAre(3, 4)));
}

TEST_F(BatchQueueTest, CountsThoseWhoseDeadlinePassedWhileTheyRan) {
  Start({});
  ASSERT_TRUE(Enqueue(Task(1, nullptr, In(5))).ok());
  journal_.AwaitCount("at the gate", 1);
  clock_.Advance(absl::Milliseconds(6));
  OpenGate();
  queue_->Drain();
  EXPECT_EQ(journal_.Count("ran 1"), 1);
  EXPECT_EQ(journal_.Count("late 1"), 1);
}

TEST_F(BatchQueueTest, HighPriorityGoesFirstWithinItsHeadStart) {
  Start({.head_start = absl::Milliseconds(100), .limits = {.max_batch_size = 1}});
  Occupy(1);
  ASSERT_TRUE(Enqueue(Task(1, Priority::kLow)).ok());
  clock_.Advance(absl::Milliseconds(150));
  ASSERT_TRUE(Enqueue(Task(2, Priority::kNormal)).ok());
  clock_.Advance(absl::Milliseconds(40));
  ASSERT_TRUE(Enqueue(Task(3, Priority::kHigh)).ok());
  clock_.Advance(absl::Milliseconds(20));
  // 210 ms behind the low one, whose two head starts are 200: it is not overtaken any more.
  ASSERT_TRUE(Enqueue(Task(4, Priority::kHigh)).ok());
  OpenGate();
  queue_->Drain();
  EXPECT_THAT(batches(), ElementsAre(ElementsAre(1000), ElementsAre(3), ElementsAre(1),
                                     ElementsAre(4), ElementsAre(2)));
}

TEST_F(BatchQueueTest, HighPriorityTakesTheLastLowPlaceOfAFullQueue) {
  Start({.max_waiting = 2});
  Occupy(1);
  ASSERT_TRUE(Enqueue(Task(1, Priority::kLow)).ok());
  ASSERT_TRUE(Enqueue(Task(2, Priority::kLow)).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(Enqueue(Task(3, Priority::kLow))));
  ASSERT_TRUE(Enqueue(Task(4, Priority::kHigh)).ok());
  EXPECT_EQ(journal_.Count("displaced"), 1);
  OpenGate();
  queue_->Drain();
  EXPECT_THAT(batches(), ElementsAre(ElementsAre(1000), ElementsAre(4, 1)));
  EXPECT_EQ(journal_.Count("rejected 2: RESOURCE_EXHAUSTED: the queue is full, and a request of "
                           "higher priority took this one's place [provnet/batching/"
                           "retry_after_ns='10000000']"),
            1);
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

TEST_F(BatchQueueTest, ARushIsGatheredIntoAFullBatch) {
  Start({.limits = {.max_batch_size = 4, .gather = true}});
  // A batch of one takes a second, by which the queue learns what it may wait for.
  Occupy(1);
  clock_.Advance(absl::Seconds(1));
  OpenGate();
  journal_.AwaitCount("ran 1000", 1);
  for (int i = 1; i <= 4; ++i) ASSERT_TRUE(Enqueue(Task(i)).ok());
  journal_.AwaitCount("ran 4", 1);
  EXPECT_EQ(journal_.Count("batch of 4: full"), 1);
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
      {{.max_predicted_wait = absl::ZeroDuration()}, "max_predicted_wait is 0"},
      {{.head_start = -absl::Seconds(1)}, "head_start is -1s"},
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
