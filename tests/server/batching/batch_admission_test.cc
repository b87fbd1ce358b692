// Whom a BatchQueue takes, whom it refuses, and what the refused learn.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "server/batching/retry_after.h"
#include "tests/server/batching/batch_queue_fixture.h"

namespace provnet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

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

TEST_F(BatchQueueTest, TheDeadMakeRoomWhileTheExecutorIsStuck) {
  Start({.max_waiting = 1});
  Occupy(1);
  CancelToken token;
  ASSERT_TRUE(Enqueue(Task(1, &token)).ok());
  EnqueueWhenRoom(Task(2));
  EXPECT_EQ(journal_.Count("left"), 0);
  token.Cancel();
  journal_.AwaitCount("left", 1);
  EXPECT_EQ(journal_.Count("queue_full"), 0);
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
  for (int i = 1; i <= 6; ++i) ASSERT_TRUE(Enqueue(Task(i)).ok());
  // The 80 ms that the next one takes may be nine tenths of its time.
  ASSERT_TRUE(Enqueue(Task(7, nullptr, In(90))).ok());
  // While others are refused, the 80 ms for one more become too much of 260.
  for (int i = 0; i < 200; ++i) {
    clock_.Advance(absl::Milliseconds(4));
    ASSERT_TRUE(absl::IsResourceExhausted(Enqueue(Task(8, nullptr, In(15)))));
  }
  // The timer notices in its own time.
  journal_.AwaitCount("expired", 1);
  EXPECT_TRUE(absl::IsResourceExhausted(Enqueue(Task(9, nullptr, In(260)))));
  // Not of 500.
  EXPECT_TRUE(Enqueue(Task(10, nullptr, In(500))).ok());
  clock_.Advance(absl::Seconds(7));
  EXPECT_TRUE(Enqueue(Task(11, nullptr, In(260))).ok());
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

TEST_F(BatchQueueTest, LetsInWhoWaitedForRoomInTheOrderOfArrival) {
  Start({.max_waiting = 1, .limits = {.max_batch_size = 1}});
  Occupy(1);
  for (int i = 1; i <= 3; ++i) EnqueueWhenRoom(Task(i));
  EXPECT_EQ(journal_.Count("left"), 1);
  // Who does not wait is refused, and only who is refused counts as such.
  EXPECT_TRUE(absl::IsResourceExhausted(Enqueue(Task(4))));
  OpenGate();
  journal_.AwaitCount("left", 3);
  journal_.AwaitCount("ran 3", 1);
  EXPECT_THAT(batches(),
              ElementsAre(ElementsAre(1000), ElementsAre(1), ElementsAre(2), ElementsAre(3)));
  EXPECT_EQ(journal_.Count("queue_full"), 1);
  EXPECT_EQ(journal_.Count("offered"), 5);
}

TEST_F(BatchQueueTest, DeadlineAndCancellationHoldWhileATaskWaitsForRoom) {
  Start({.max_waiting = 1});
  Occupy(1);
  ASSERT_TRUE(Enqueue(Task(1)).ok());
  CancelToken token;
  EnqueueWhenRoom(Task(2, &token));
  EnqueueWhenRoom(Task(3, nullptr, In(50)));
  token.Cancel();
  journal_.AwaitCount("rejected 2: CANCELLED: the caller cancelled the request", 1);
  journal_.AwaitCount("left", 1);
  clock_.Advance(absl::Milliseconds(60));
  journal_.AwaitCount("rejected 3: DEADLINE_EXCEEDED: the deadline passed after 60ms in the queue",
                      1);
  journal_.AwaitCount("left", 2);
}

TEST_F(BatchQueueTest, TurnsAwayWhoWaitsForRoomWhenItDrains) {
  Start({.max_waiting = 1});
  Occupy(1);
  ASSERT_TRUE(Enqueue(Task(1)).ok());
  EnqueueWhenRoom(Task(2));
  std::thread drain([this] { queue_->Drain(); });
  const std::string turned_away =
      "rejected 2: UNAVAILABLE: the server is shutting down and takes no more requests";
  journal_.AwaitCount(turned_away, 1);
  journal_.AwaitCount("left", 1);
  EnqueueWhenRoom(Task(3));
  EXPECT_EQ(journal_.Count("left"), 2);
  EXPECT_EQ(journal_.Count("draining"), 2);
  OpenGate();
  drain.join();
  EXPECT_EQ(journal_.Count("ran 1"), 1);
}

TEST_F(BatchQueueTest, WhoMayWaitIsTakenAtOnceWhereThereIsRoom) {
  Start({.max_waiting = 1});
  EnqueueWhenRoom(Task(1));
  EXPECT_EQ(journal_.Count("left"), 1);
}

}  // namespace
}  // namespace provnet
