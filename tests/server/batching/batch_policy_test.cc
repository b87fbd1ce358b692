#include "server/batching/batch_policy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

namespace provnet {
namespace {

constexpr absl::Duration Ms(int64_t ms) { return absl::Milliseconds(ms); }
constexpr absl::Duration kNever = absl::InfiniteDuration();
constexpr absl::Duration kPast = -absl::InfiniteDuration();

struct Row {
  const char* name;
  QueueSnapshot queue;
  BatchLimits limits;
  int64_t now_ms;
  std::optional<DispatchReason> want;
  absl::Duration want_wait_until;
};

std::string Show(std::optional<DispatchReason> reason) {
  return reason.has_value() ? std::string(DispatchReasonName(*reason)) : "wait";
}

class BatchPolicyTest : public testing::TestWithParam<Row> {};

TEST_P(BatchPolicyTest, Decides) {
  const Row& row = GetParam();
  const BatchDecision decision = DecideBatch(row.queue, row.limits, Ms(row.now_ms));
  EXPECT_EQ(Show(decision.dispatch), Show(row.want)) << row.name;
  if (!row.want.has_value()) {
    EXPECT_EQ(decision.wait_until, row.want_wait_until) << row.name;
  }
}

constexpr BatchLimits kNoLinger = {.max_batch_size = 4};
constexpr BatchLimits kLinger = {.max_batch_size = 4, .linger = absl::Milliseconds(10)};
constexpr auto kFree = DispatchReason::kExecutorFree;
constexpr auto kFull = DispatchReason::kFull;
constexpr auto kDeadline = DispatchReason::kDeadline;
constexpr auto kDraining = DispatchReason::kDraining;

INSTANTIATE_TEST_SUITE_P(
    Table, BatchPolicyTest,
    testing::Values(
        Row{"nothing waits", {}, kNoLinger, 100, {}, kNever},
        Row{"nothing waits while lingering or draining",
            {.draining = true},
            kLinger,
            100,
            {},
            kNever},
        Row{"a lone task never waits", {1, Ms(100)}, kNoLinger, 100, kFree, {}},
        Row{"a partial batch never waits", {3, Ms(100)}, kNoLinger, 100, kFree, {}},
        Row{"a full batch", {4, Ms(100)}, kNoLinger, 100, kFull, {}},
        Row{"more than a full batch", {9, Ms(100)}, kNoLinger, 100, kFull, {}},
        Row{"lingers from the arrival of the oldest", {1, Ms(100)}, kLinger, 103, {}, Ms(110)},
        Row{"the linger is over to the tick", {1, Ms(100)}, kLinger, 110, kFree, {}},
        Row{"the linger is over by far", {1, Ms(100)}, kLinger, 500, kFree, {}},
        Row{"a full batch does not linger", {4, Ms(100)}, kLinger, 100, kFull, {}},
        Row{"draining does not linger",
            {.waiting = 1, .oldest_arrival = Ms(100), .draining = true},
            kLinger,
            100,
            kDraining,
            {}},
        Row{"full wins over draining",
            {.waiting = 4, .oldest_arrival = Ms(100), .draining = true},
            kLinger,
            100,
            kFull,
            {}},
        Row{"gathers",
            {.waiting = 1, .oldest_arrival = Ms(100), .gather_until = Ms(103)},
            kNoLinger,
            102,
            {},
            Ms(103)},
        Row{"has gathered",
            {.waiting = 1, .oldest_arrival = Ms(100), .gather_until = Ms(103)},
            kNoLinger,
            103,
            kFree,
            {}},
        Row{"gathers no longer than until the batch is full",
            {.waiting = 4, .oldest_arrival = Ms(100), .gather_until = Ms(103)},
            kNoLinger,
            101,
            kFull,
            {}},
        Row{"lingers though nothing is gathered any more",
            {.waiting = 1, .oldest_arrival = Ms(100), .gather_until = Ms(103)},
            kLinger,
            104,
            {},
            Ms(110)},
        Row{"a deadline cuts the gathering short",
            {.waiting = 1,
             .oldest_arrival = Ms(100),
             .gather_until = Ms(110),
             .earliest_deadline = Ms(109),
             .longest_run_time = Ms(4)},
            kNoLinger,
            105,
            kDeadline,
            {}},
        Row{"a deadline cuts the linger short by the run time",
            {1, Ms(100), kPast, Ms(109), Ms(4)},
            kLinger,
            101,
            {},
            Ms(105)},
        Row{"at the latest start",
            {1, Ms(100), kPast, Ms(109), Ms(4)},
            kLinger,
            105,
            kDeadline,
            {}},
        Row{"past the latest start",
            {1, Ms(100), kPast, Ms(102), Ms(4)},
            kLinger,
            100,
            kDeadline,
            {}},
        Row{"a far deadline changes nothing",
            {1, Ms(100), kPast, Ms(900), Ms(4)},
            kLinger,
            101,
            {},
            Ms(110)},
        Row{"an infinite run time is no reason to wait",
            {1, Ms(100), kPast, Ms(109), kNever},
            kLinger,
            100,
            kDeadline,
            {}}));

// A batch of n costs 2 + n ms.
BatchCost KnownCost() {
  BatchCost cost;
  for (int i = 0; i < 100; ++i) {
    for (const size_t n : {1, 4, 8}) cost.Observe(n, Ms(2 + static_cast<int64_t>(n)));
  }
  return cost;
}

// Arrivals every `gap`, the last one at 1 s.
ArrivalGap Every(absl::Duration gap) {
  ArrivalGap arrivals;
  for (int i = 100; i >= 0; --i) arrivals.Observe(absl::Seconds(1) - i * gap);
  return arrivals;
}

constexpr BatchLimits kGather = {.max_batch_size = 58, .gather = true};
constexpr absl::Duration kNow = absl::Seconds(1);

TEST(GatherTest, TasksThatTheExecutorsCanRunOneByOneAreNotHeldBack) {
  // One takes 3 ms.
  const BatchCost cost = KnownCost();
  EXPECT_EQ(GatherUntil(Every(Ms(3)), kNow, cost, kGather, 1), kPast);
  EXPECT_GT(GatherUntil(Every(Ms(2)), kNow, cost, kGather, 1), kNow);
  EXPECT_EQ(GatherUntil(Every(Ms(2)), kNow, cost, kGather, 2), kPast);
  EXPECT_GT(GatherUntil(Every(Ms(1)), kNow, cost, kGather, 2), kNow);
}

TEST(GatherTest, ALoneTaskIsNotHeldBack) {
  ArrivalGap arrivals;
  arrivals.Observe(kNow);
  EXPECT_EQ(GatherUntil(arrivals, kNow, KnownCost(), kGather, 1), kPast);
}

TEST(GatherTest, EndsWhenTasksStopComing) {
  const BatchCost cost = KnownCost();
  EXPECT_EQ(GatherUntil(Every(Ms(1)), kNow, cost, kGather, 1), kNow + cost.Predict(1));
  EXPECT_EQ(GatherUntil(Every(Ms(1)), kNow, cost, kGather, 2), kNow + cost.Predict(1) / 2);
}

TEST(GatherTest, TakesATenthOfAFullBatchAtMost) {
  // A full one takes 60 ms.
  const BatchCost cost = KnownCost();
  const absl::Duration oldest = kNow - Ms(4);
  EXPECT_EQ(GatherUntil(Every(Ms(1)), oldest, cost, kGather, 1), oldest + cost.Predict(58) / 10);
  EXPECT_LT(GatherUntil(Every(Ms(1)), kNow - Ms(7), cost, kGather, 1), kNow);
}

TEST(GatherTest, NeedsToBeWantedAndACostToGoBy) {
  EXPECT_EQ(GatherUntil(Every(Ms(1)), kNow, KnownCost(), kNoLinger, 1), kPast);
  EXPECT_EQ(GatherUntil(Every(Ms(1)), kNow, BatchCost(), kGather, 1), kPast);
}

// The batches that `executors` idle ones make of `waiting` tasks, one after the other.
std::vector<size_t> Shares(size_t waiting, size_t executors, const BatchCost& cost,
                           const BatchLimits& limits = kGather) {
  std::vector<size_t> shares;
  while (waiting > 0 && executors > 0) {
    shares.push_back(std::min(waiting, ShareOf(waiting, --executors, cost, limits)));
    waiting -= shares.back();
  }
  return shares;
}

using Sizes = std::vector<size_t>;

TEST(ShareTest, IdleExecutorsShareWhatWaits) {
  // 6 tasks and more pay for the 2 ms.
  const BatchCost cost = KnownCost();
  EXPECT_EQ(Shares(40, 1, cost), Sizes({40}));
  EXPECT_EQ(Shares(40, 2, cost), Sizes({20, 20}));
  EXPECT_EQ(Shares(41, 2, cost), Sizes({21, 20}));
  EXPECT_EQ(Shares(42, 4, cost), Sizes({11, 11, 10, 10}));
}

TEST(ShareTest, NoShareIsTooSmallForItsFixedCost) {
  const BatchCost cost = KnownCost();
  EXPECT_EQ(Shares(40, 10, cost), Sizes({7, 7, 7, 7, 6, 6}));
  EXPECT_EQ(Shares(13, 2, cost), Sizes({7, 6}));
  EXPECT_EQ(Shares(11, 2, cost), Sizes({11}));
  EXPECT_EQ(Shares(2, 2, cost), Sizes({2}));
}

TEST(ShareTest, IsABatchAtMost) {
  EXPECT_EQ(Shares(1000, 2, KnownCost()), Sizes({58, 58}));
  EXPECT_EQ(Shares(5, 1, KnownCost(), kNoLinger), Sizes({4}));
}

TEST(ShareTest, IsEverythingWhereASharedBatchWouldCostAsMuch) {
  BatchCost cost;
  for (int i = 0; i < 100; ++i) {
    for (const size_t n : {1, 4, 8}) cost.Observe(n, Ms(5));
  }
  EXPECT_EQ(Shares(40, 2, cost), Sizes({40}));
}

TEST(ShareTest, IsEverythingWhereAllBatchesWereOfOneSize) {
  BatchCost cost;
  for (int i = 0; i < 100; ++i) cost.Observe(20, Ms(22));
  EXPECT_EQ(Shares(40, 2, cost), Sizes({40}));
  // From which it learns.
  cost.Observe(40, Ms(42));
  EXPECT_EQ(Shares(40, 2, cost), Sizes({20, 20}));
}

TEST(ShareTest, IsEvenBeforeTheFirstBatch) {
  EXPECT_EQ(Shares(40, 2, BatchCost()), Sizes({20, 20}));
  EXPECT_EQ(Shares(1, 2, BatchCost()), Sizes({1}));
}

TEST(ShareTest, IsEverythingWhereBatchesLinger) {
  EXPECT_EQ(Shares(4, 2, KnownCost(), kLinger), Sizes({4}));
}

// What becomes of tasks with these deadlines, in milliseconds from now, in a batch of up to four:
// one letter each for joins, late, ends the batch.
std::string Verdicts(std::initializer_list<double> deadlines_ms) {
  const BatchCost cost = KnownCost();
  BatchMembers members(kNoLinger.max_batch_size, cost, Ms(100));
  std::string verdicts;
  for (const double deadline : deadlines_ms) {
    switch (members.Offer(Ms(100) + absl::Milliseconds(deadline))) {
      case BatchMembers::Verdict::kJoins:
        verdicts += 'j';
        break;
      case BatchMembers::Verdict::kIsLate:
        verdicts += 'l';
        break;
      case BatchMembers::Verdict::kEndsTheBatch:
        verdicts += 'e';
        break;
    }
  }
  return verdicts;
}

TEST(BatchMembersTest, TheBatchIsAsLargeAsItsDeadlinesAllow) {
  // Ends of batches of 1, 2, 3, 4: 3, 4, 5 and 6 ms from now.
  EXPECT_EQ(Verdicts({900, 900, 900, 900, 900}), "jjjje");
  EXPECT_EQ(Verdicts({6.5, 6.5, 6.5, 6.5, 6.5}), "jjjje");
  EXPECT_EQ(Verdicts({4.5, 900, 900}), "jje");
  EXPECT_EQ(Verdicts({900, 900, 4.5}), "jje");
  EXPECT_EQ(Verdicts({900, 4.5, 900}), "jje");
  EXPECT_EQ(Verdicts({3.5, 900}), "je");
  EXPECT_EQ(Verdicts({2.5, 900, 2.5, 900}), "ljlj");
  EXPECT_EQ(Verdicts({1, 2}), "ll");
}

TEST(BatchMembersTest, TheBatchIsSmallerWhereItsCostVaries) {
  BatchCost steady, varying;
  for (int i = 0; i < 100; ++i) {
    steady.Observe(2, Ms(10));
    varying.Observe(2, i % 2 == 0 ? Ms(8) : Ms(12));
  }
  const auto size = [](const BatchCost& cost) {
    BatchMembers members(kNoLinger.max_batch_size, cost, Ms(100));
    while (members.Offer(Ms(100) + Ms(20)) == BatchMembers::Verdict::kJoins) continue;
    return members.size();
  };
  // Four cost 20 ms, two 10 and, at most, some 18.
  EXPECT_EQ(size(steady), 4U);
  EXPECT_EQ(size(varying), 2U);
}

TEST(BatchMembersTest, WithoutAKnownCostAllJoin) {
  const BatchCost cost;
  BatchMembers members(kNoLinger.max_batch_size, cost, Ms(100));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(members.Offer(Ms(101)), BatchMembers::Verdict::kJoins);
  EXPECT_EQ(members.size(), 4U);
}

}  // namespace
}  // namespace provnet
