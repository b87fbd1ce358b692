#include "server/security/membership_budgets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "absl/time/clock.h"
#include "server/batching/retry_after.h"
#include "storage/base/atomic_file.h"
#include "tests/server/security/recording_probe.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr auto kExhausted = absl::StatusCode::kResourceExhausted;

class MembershipBudgetsTest : public ::testing::Test {
 protected:
  std::unique_ptr<MembershipBudgets> Open() {
    auto budgets = MembershipBudgets::Open(folder_.path(), clock_, probe_);
    EXPECT_THAT(budgets, IsOk());
    return *std::move(budgets);
  }

  // How many of many questions are let through.
  static uint64_t Ask(MembershipBudgets& budgets, uint64_t questions, const QueryBudget& budget,
                      absl::Time now, const std::string& principal = "alice",
                      const std::string& model = "digits") {
    uint64_t asked = 0;
    for (uint64_t i = 0; i < questions; ++i)
      asked += budgets.Charge(principal, model, budget, now).ok() ? 1 : 0;
    return asked;
  }

  TempDir folder_;
  FakeClock clock_;
  RecordingProbe probe_;
  // Windows that have ended are forgotten by the clock of the machine.
  const absl::Time now_ = absl::Now();
};

TEST_F(MembershipBudgetsTest, EndsWithTheBudgetAndBeginsAnewWithTheWindow) {
  const auto budgets = Open();
  const QueryBudget budget{3, absl::Hours(1)};
  EXPECT_EQ(Ask(*budgets, 10, budget, now_), 3);
  EXPECT_EQ(Ask(*budgets, 10, budget, now_ + absl::Minutes(59)), 0);
  EXPECT_EQ(Ask(*budgets, 10, budget, now_ + absl::Minutes(61)), 3);
  EXPECT_EQ(probe_.exhausted()["alice"], 7 + 10 + 7);
}

TEST_F(MembershipBudgetsTest, TheRefusalSaysWhenToComeBack) {
  const auto budgets = Open();
  const QueryBudget budget{1, absl::Hours(1)};
  ASSERT_THAT(budgets->Charge("alice", "digits", budget, now_), IsOk());
  const absl::Status refused = budgets->Charge("alice", "digits", budget, now_ + absl::Minutes(20));
  EXPECT_THAT(refused, StatusIs(kExhausted,
                                AllOf(HasSubstr("principal \"alice\" has used up its budget of 1 "),
                                      HasSubstr("model \"digits\" in 1h"))));
  ASSERT_TRUE(RetryAfter(refused).has_value());
  EXPECT_NEAR(absl::ToDoubleMinutes(*RetryAfter(refused)), 40, 0.1);
}

TEST_F(MembershipBudgetsTest, PrincipalsAndModelsHaveTheirOwn) {
  const auto budgets = Open();
  const QueryBudget budget{2, absl::Hours(1)};
  EXPECT_EQ(Ask(*budgets, 5, budget, now_, "alice", "digits"), 2);
  EXPECT_EQ(Ask(*budgets, 5, budget, now_, "alice", "letters"), 2);
  EXPECT_EQ(Ask(*budgets, 5, budget, now_, "bob", "digits"), 2);
}

TEST_F(MembershipBudgetsTest, ARestartGivesNothingBackAndTakesNothing) {
  const QueryBudget budget{100, absl::Hours(1)};
  EXPECT_EQ(Ask(*Open(), 40, budget, now_), 40);
  EXPECT_EQ(Ask(*Open(), 100, budget, now_), 60);
  EXPECT_EQ(Ask(*Open(), 100, budget, now_), 0);
}

TEST_F(MembershipBudgetsTest, ACrashGivesNothingBackAndTakesABlockAtMost) {
  const QueryBudget budget{160, absl::Hours(1)};
  uint64_t left = 160;
  // Each of these processes asks 13 and dies on the spot.
  for (int crash = 0; crash < 5; ++crash) {
    const pid_t child = fork();
    if (child == 0) {
      auto budgets = MembershipBudgets::Open(folder_.path(), clock_, probe_);
      const uint64_t asked = budgets.ok() ? Ask(**budgets, 13, budget, now_) : 0;
      _exit(static_cast<int>(asked));
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_EQ(WEXITSTATUS(status), 13);
    left -= 13;
  }
  const uint64_t after = Ask(*Open(), 1000, budget, now_);
  EXPECT_LE(after, left);
  EXPECT_GE(after, left - 5 * (160 / 16));
}

TEST_F(MembershipBudgetsTest, ANewBudgetIsInForceAtOnce) {
  const auto budgets = Open();
  EXPECT_EQ(Ask(*budgets, 10, {5, absl::Hours(1)}, now_), 5);
  EXPECT_EQ(Ask(*budgets, 10, {8, absl::Hours(1)}, now_), 3);
  EXPECT_EQ(Ask(*budgets, 10, {2, absl::Hours(1)}, now_), 0);
}

TEST_F(MembershipBudgetsTest, AClockThatIsSetBackOpensNoSecondWindow) {
  const auto budgets = Open();
  const QueryBudget budget{2, absl::Hours(1)};
  EXPECT_EQ(Ask(*budgets, 5, budget, now_), 2);
  EXPECT_EQ(Ask(*budgets, 5, budget, now_ - absl::Hours(10)), 0);
}

TEST_F(MembershipBudgetsTest, WhatWasNotAnsweredIsGivenBack) {
  const auto budgets = Open();
  const QueryBudget budget{2, absl::Hours(1)};
  ASSERT_EQ(Ask(*budgets, 2, budget, now_), 2);
  budgets->Refund("alice", "digits");
  budgets->Refund("nobody", "digits");
  EXPECT_EQ(Ask(*budgets, 5, budget, now_), 1);
}

TEST_F(MembershipBudgetsTest, ThreadsTogetherGetNoMoreThanTheBudget) {
  const auto budgets = Open();
  std::atomic<uint64_t> asked{0};
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] { asked += Ask(*budgets, 100, {150, absl::Hours(1)}, now_); });
  }
  threads.clear();
  EXPECT_EQ(asked.load(), 150);
}

TEST_F(MembershipBudgetsTest, WhatCantBeRecordedIsNotAnswered) {
  const auto budgets = Open();
  const QueryBudget budget{2, absl::Hours(1)};
  ASSERT_THAT(budgets->Charge("alice", "digits", budget, now_), IsOk());
  const std::filesystem::path away = folder_.path().string() + ".away";
  std::filesystem::rename(folder_.path(), away);
  EXPECT_THAT(budgets->Charge("alice", "digits", budget, now_),
              StatusIs(absl::StatusCode::kUnavailable,
                       AllOf(HasSubstr("can't record"), Not(HasSubstr(folder_.path().string())))));
  ASSERT_THAT(probe_.failures(), SizeIs(1));
  EXPECT_THAT(std::string(probe_.failures()[0].message()), HasSubstr("membership_usage.json"));
  budgets->Retry(now_);
  EXPECT_TRUE(absl::IsUnavailable(budgets->Check()));
  std::filesystem::rename(away, folder_.path());
  budgets->Retry(now_);
  EXPECT_THAT(budgets->Check(), IsOk());
  EXPECT_EQ(Ask(*budgets, 5, budget, now_), 1);
}

TEST_F(MembershipBudgetsTest, ADamagedFileIsLeftToPeople) {
  Ask(*Open(), 2, {2, absl::Hours(1)}, now_);
  ASSERT_THAT(WriteFileAtomically(folder_ / "membership_usage.json", "{\"uses\": ["), IsOk());
  EXPECT_THAT(MembershipBudgets::Open(folder_.path(), clock_, probe_),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("membership_usage.json"), HasSubstr("remove it"))));
}

TEST_F(MembershipBudgetsTest, TheFolderIsOneServersAlone) {
  const auto budgets = Open();
  EXPECT_THAT(MembershipBudgets::Open(folder_.path(), clock_, probe_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("another server")));
  EXPECT_THAT(MembershipBudgets::Open(folder_ / "missing", clock_, probe_),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("missing")));
}

}  // namespace
}  // namespace provnet
