#include "server/batching/batch_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include "tests/server/batching/batch_queue_fixture.h"

namespace provnet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

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

TEST_F(BatchQueueTest, IdleExecutorsShareWhatWaits) {
  // They are idle, and don't look before all four are there.
  std::latch four_wait(1);
  Start({.executors = 2, .limits = {.max_batch_size = 4}, .executor_init = [&] {
           four_wait.wait();
         }});
  std::vector<absl::Status> taken;
  for (int i = 1; i <= 4; ++i) taken.push_back(Enqueue(Task(i)));
  four_wait.count_down();
  for (const absl::Status& status : taken) EXPECT_TRUE(status.ok()) << status;
  journal_.AwaitCount("at the gate", 1);
  OpenGate();
  queue_->Drain();
  EXPECT_THAT(batches(), testing::UnorderedElementsAre(ElementsAre(1, 2), ElementsAre(3, 4)));
}

TEST_F(BatchQueueTest, DrainEndsTheLinger) {
  Start({.limits = {.linger = absl::Hours(1)}});
  OpenGate();
  ASSERT_TRUE(Enqueue(Task(1)).ok());
  queue_->Drain();
  EXPECT_EQ(journal_.Count("batch of 1: draining"), 1);
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
