// Fits by several real processes: what they publish, and how they end when something is wrong.
#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "storage/base/clock.h"
#include "storage/bundle_verifier.h"
#include "storage/repository.h"
#include "tests/testing/child_process.h"
#include "tests/testing/free_port.h"
#include "tests/testing/temp_dir.h"
#include "tests/testing/watched_process.h"
#include "tests/trainer/export/fit_processes.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DistributedFitTest : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(DistributedFit, DistributedFitTest,
                         ::testing::Values("class-conditional", "class-independent",
                                           "single-branch", "embedding"),
                         HeadTestName);

TEST_P(DistributedFitTest, TwoRanksPublishWhatOneProcessDoes) {
  const TempDir folder;
  ChildProcess alone(FitCommand(folder / "alone", GetParam()), folder / "log");
  ASSERT_EQ(alone.Wait(), 0) << alone.Log();
  Ranks ranks(2, FitCommand(folder / "ranks", GetParam()));
  ASSERT_THAT(ranks.Wait(), ElementsAre(0, 0)) << ranks.log(0) << ranks.log(1);
  EXPECT_THAT(ranks.log(1), HasSubstr("rank 0 publishes"));

  // Nearly the same numbers on the way: rounding alone differs, and grows with every step.
  for (const char* loss : {"class loss", "index loss"}) {
    const double expected = LossOf(alone.Log(), 1, loss);
    ASSERT_GE(expected, 0) << alone.Log();
    EXPECT_NEAR(LossOf(ranks.log(0), 1, loss), expected, 0.01 * expected + 0.001) << loss;
    EXPECT_EQ(LossOf(ranks.log(1), 4, loss), LossOf(ranks.log(0), 4, loss)) << loss;
  }
  const auto one = VerifyBundle(folder / "alone" / "1"), two = VerifyBundle(folder / "ranks" / "1");
  ASSERT_TRUE(one.ok() && two.ok()) << one.status() << two.status();
  EXPECT_EQ(two->parameter_count(), one->parameter_count());
  EXPECT_NEAR(two->metrics().test_accuracy(), one->metrics().test_accuracy(), 0.05);
  EXPECT_NEAR(two->metrics().index_top5(), one->metrics().index_top5(), 0.05);
  EXPECT_FALSE(std::filesystem::exists(folder / "ranks" / ".checkpoint"));
}

// What is promised of a rank whose peer is lost (docs/training.md): it ends with an error that says
// so, within half a minute.
void ExpectErrorInTime(WatchedProcess& rank, const char* error) {
  const absl::Duration lost = Clock::Steady().Monotonic();
  EXPECT_EQ(rank.WaitForEnd(), 1) << rank.output();
  EXPECT_THAT(rank.output(), HasSubstr(error));
  EXPECT_LT(Clock::Steady().Monotonic() - lost, absl::Seconds(30));
}

TEST(DistributedFit, AKilledRankEndsTheJobAndResumingPublishesTheSame) {
  const TempDir folder;
  Ranks whole(2, LongFit(folder / "whole"));
  ASSERT_THAT(whole.Wait(), ElementsAre(0, 0)) << whole.log(0);

  const auto output = folder / "model";
  Command fit = LongFit(output);
  const uint16_t port = FreePort();
  WatchedProcess first(AsRank(0, 2, port, fit));
  ChildProcess second(AsRank(1, 2, port, fit), folder / "log1");
  ASSERT_TRUE(first.WaitFor("epoch 3/30")) << first.output() << second.Log();
  second.Signal(SIGKILL);
  ExpectErrorInTime(first, "rank 1 of 2 is gone");
  EXPECT_THAT(first.output(), HasSubstr("start all ranks again with --resume"));
  EXPECT_THAT(*ListVersions(output), IsEmpty());

  fit.push_back("--resume");
  Ranks resumed(2, fit);
  ASSERT_THAT(resumed.Wait(), ElementsAre(0, 0)) << resumed.log(0) << resumed.log(1);
  EXPECT_THAT(resumed.log(0), Not(HasSubstr("epoch 3/30")));
  EXPECT_EQ(ModelDigest(output / "1"), ModelDigest(folder / "whole" / "1"));
}

TEST(DistributedFit, ARankThatSaysNothingEndsTheJob) {
  const TempDir folder;
  Command fit = LongFit(folder / "model");
  const uint16_t port = FreePort();
  WatchedProcess first(AsRank(0, 2, port, fit));
  ChildProcess second(AsRank(1, 2, port, fit), folder / "log1");
  ASSERT_TRUE(first.WaitFor("epoch 3/30")) << first.output() << second.Log();
  second.Signal(SIGSTOP);
  ExpectErrorInTime(first, "rank 1 of 2");
  second.Signal(SIGKILL);
  EXPECT_THAT(*ListVersions(folder / "model"), IsEmpty());
}

// As launchers do that know nothing of the other ranks: the new process comes while those of the
// old ones that are left have not noticed yet.
TEST(DistributedFit, RanksThatAreStartedAgainOneByOneGoOnTogether) {
  const TempDir folder;
  Ranks whole(2, LongFit(folder / "whole"));
  ASSERT_THAT(whole.Wait(), ElementsAre(0, 0)) << whole.log(0);

  for (const uint32_t lost : {1U, 0U}) {
    const auto output = folder / absl::StrCat("lost", lost);
    Command fit = LongFit(output);
    const uint16_t port = FreePort();
    WatchedProcess first(AsRank(0, 2, port, fit));
    ChildProcess second(AsRank(1, 2, port, fit), folder / "log1");
    ASSERT_TRUE(first.WaitFor("epoch 3/30")) << first.output() << second.Log();
    fit.push_back("--resume");
    (lost == 0 ? first.child() : second).Signal(SIGKILL);
    ChildProcess replaced(AsRank(lost, 2, port, fit), folder / "replaced");
    const int left = lost == 0 ? second.Wait() : first.WaitForEnd();
    EXPECT_EQ(left, 1) << first.output() << second.Log();
    ChildProcess other(AsRank(1 - lost, 2, port, fit), folder / "other");
    EXPECT_EQ(replaced.Wait(), 0) << replaced.Log();
    EXPECT_EQ(other.Wait(), 0) << other.Log();
    EXPECT_THAT(lost == 0 ? replaced.Log() : other.Log(), Not(HasSubstr("epoch 3/30")));
    EXPECT_EQ(ModelDigest(output / "1"), ModelDigest(folder / "whole" / "1"));
  }
}

TEST(DistributedFit, WithoutRank0TheOthersEndAndOneProcessCanGoOn) {
  const TempDir folder;
  const auto output = folder / "model";
  Command fit = LongFit(output);
  const uint16_t port = FreePort();
  WatchedProcess first(AsRank(0, 2, port, fit));
  ChildProcess second(AsRank(1, 2, port, fit), folder / "log1");
  ASSERT_TRUE(first.WaitFor("epoch 3/30")) << first.output() << second.Log();
  first.child().Signal(SIGKILL);
  EXPECT_EQ(second.Wait(), 1);
  EXPECT_THAT(second.Log(), HasSubstr("rank 0, where the processes of this job meet, is gone"));

  // The checkpoint says nothing of ranks.
  fit.push_back("--resume");
  ChildProcess alone(fit, folder / "log");
  EXPECT_EQ(alone.Wait(), 0) << alone.Log();
  EXPECT_THAT(alone.Log(), Not(HasSubstr("epoch 3/30")));
}

TEST(DistributedFit, AStopOnOneRankStopsAll) {
  const TempDir folder;
  const auto output = folder / "model";
  const Command fit = LongFit(output);
  const uint16_t port = FreePort();
  WatchedProcess first(AsRank(0, 2, port, fit));
  ChildProcess second(AsRank(1, 2, port, fit), folder / "log1");
  ASSERT_TRUE(first.WaitFor("epoch 3/30")) << first.output() << second.Log();
  second.Signal(SIGTERM);
  EXPECT_EQ(first.WaitForEnd(), 130) << first.output();
  EXPECT_EQ(second.Wait(), 130) << second.Log();
  EXPECT_TRUE(std::filesystem::exists(output / ".checkpoint" / "checkpoint"));
}

TEST(DistributedFit, RefusesAnEnvironmentThatMakesNoSense) {
  const TempDir folder;
  const Command fit = FitCommand(folder / "model", "embedding");
  const struct {
    Command variables;
    const char* reason;
  } kCases[] = {
      {{"MASTER_ADDR=localhost"}, "but not MASTER_PORT, RANK, WORLD_SIZE"},
      {{"MASTER_ADDR=localhost", "MASTER_PORT=1", "RANK=2", "WORLD_SIZE=2"}, "RANK=2"},
  };
  for (const auto& c : kCases) {
    Command command = {"/usr/bin/env"};
    command.insert(command.end(), c.variables.begin(), c.variables.end());
    command.insert(command.end(), fit.begin(), fit.end());
    ChildProcess child(command, folder / "log");
    EXPECT_EQ(child.Wait(), 2);
    EXPECT_THAT(child.Log(), HasSubstr(c.reason));
  }
}

TEST(DistributedFit, AWorldOfOneTrainsAlone) {
  const TempDir folder;
  Command fit = FitCommand(folder / "model", "embedding");
  fit.push_back("--epochs=1");
  Ranks ranks(1, fit);
  EXPECT_THAT(ranks.Wait(), ElementsAre(0)) << ranks.log(0);
  EXPECT_THAT(*ListVersions(folder / "model"), ElementsAre(1));
}

TEST(DistributedFit, RanksWithOtherFlagsAreRefusedByName) {
  const TempDir folder;
  const Command fit = FitCommand(folder / "model", "embedding");
  Command other = fit;
  other.push_back("--seed=9");
  Ranks ranks({fit, other});
  EXPECT_THAT(ranks.Wait(), ElementsAre(1, 1));
  EXPECT_THAT(ranks.log(1), HasSubstr("seed is 9, and on rank 0 1"));
  EXPECT_THAT(ranks.log(0), HasSubstr("rank 1 of 2 ended early: this is another run"));
  EXPECT_THAT(*ListVersions(folder / "model"), IsEmpty());
}

TEST(DistributedFit, TooSmallABatchIsRefused) {
  const TempDir folder;
  Command fit = FitCommand(folder / "model", "embedding");
  fit.push_back("--batch-size=2");
  Ranks ranks(3, fit);
  EXPECT_THAT(ranks.Wait(), ElementsAre(1, 1, 1));
  EXPECT_THAT(ranks.log(0), HasSubstr("--batch-size=2"));
}

TEST(DistributedFit, SaysThatTheOthersDidNotCome) {
  const TempDir folder;
  Command fit = FitCommand(folder / "model", "embedding");
  fit.push_back("--join-timeout=1s");
  ChildProcess first(AsRank(0, 2, FreePort(), fit), folder / "log");
  EXPECT_EQ(first.Wait(), 1);
  EXPECT_THAT(first.Log(), HasSubstr("only 1 came"));
}

}  // namespace
}  // namespace provnet
