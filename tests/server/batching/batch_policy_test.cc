#include "server/batching/batch_policy.h"

#include <gtest/gtest.h>

#include <string>

namespace provnet {
namespace {

constexpr absl::Duration Ms(int64_t ms) { return absl::Milliseconds(ms); }
constexpr absl::Duration kNever = absl::InfiniteDuration();

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
        Row{"a deadline cuts the linger short by the run time",
            {1, Ms(100), Ms(109), Ms(4)},
            kLinger,
            101,
            {},
            Ms(105)},
        Row{"at the latest start", {1, Ms(100), Ms(109), Ms(4)}, kLinger, 105, kDeadline, {}},
        Row{"past the latest start", {1, Ms(100), Ms(102), Ms(4)}, kLinger, 100, kDeadline, {}},
        Row{"a far deadline changes nothing",
            {1, Ms(100), Ms(900), Ms(4)},
            kLinger,
            101,
            {},
            Ms(110)},
        Row{"an infinite run time is no reason to wait",
            {1, Ms(100), Ms(109), kNever},
            kLinger,
            100,
            kDeadline,
            {}}));

}  // namespace
}  // namespace provnet
