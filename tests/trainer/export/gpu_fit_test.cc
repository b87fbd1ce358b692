// Fits on a GPU, in one process and in several: the same as on the CPU, but for rounding.
#include <gmock/gmock.h>
#include <signal.h>
#include <torch/torch.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/bundle_verifier.h"
#include "tests/testing/child_process.h"
#include "tests/testing/free_port.h"
#include "tests/testing/temp_dir.h"
#include "tests/testing/watched_process.h"
#include "tests/trainer/export/fit_processes.h"
#include "trainer/distributed/rank_group.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Command OnGpu(Command command, int gpu = 0) {
  command.push_back(absl::StrCat("--device=cuda:", gpu));
  return command;
}

// NCCL wants a GPU for each rank of a machine. Where there is but one, each rank poses as a machine
// of its own, and what they exchange goes through the loopback interface.
Command OnOwnGpu(const Command& command, int rank) {
  if (static_cast<int>(torch::cuda::device_count()) > rank) return OnGpu(command, rank);
  Command with = {"/usr/bin/env", absl::StrCat("NCCL_HOSTID=machine", rank),
                  "NCCL_SOCKET_IFNAME=lo"};
  const Command fit = OnGpu(command);
  with.insert(with.end(), fit.begin(), fit.end());
  return with;
}

// Two ranks of a fit, each on a GPU of its own.
struct UnderWay {
  UnderWay(const Command& fit, const std::filesystem::path& log, uint16_t port = FreePort())
      : first(AsRank(0, 2, port, OnOwnGpu(fit, 0))),
        second(AsRank(1, 2, port, OnOwnGpu(fit, 1)), log) {}

  WatchedProcess first;
  ChildProcess second;
};

class GpuFit : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!torch::cuda::is_available()) GTEST_SKIP() << "needs a CUDA device";
  }

  const TempDir folder_;
};

class GpuFitTest : public GpuFit, public ::testing::WithParamInterface<const char*> {};

INSTANTIATE_TEST_SUITE_P(GpuFit, GpuFitTest,
                         ::testing::Values("class-conditional", "class-independent",
                                           "single-branch", "embedding"),
                         HeadTestName);

void ExpectAlike(const std::filesystem::path& one, const std::filesystem::path& two) {
  const auto first = VerifyBundle(one / "1"), second = VerifyBundle(two / "1");
  ASSERT_TRUE(first.ok() && second.ok()) << first.status() << second.status();
  EXPECT_EQ(second->parameter_count(), first->parameter_count());
  EXPECT_NEAR(second->metrics().test_accuracy(), first->metrics().test_accuracy(), 0.05);
  EXPECT_NEAR(second->metrics().index_top5(), first->metrics().index_top5(), 0.05);
}

TEST_P(GpuFitTest, PublishesWhatTheCpuDoes) {
  const Command fit = FitCommand(folder_ / "cpu", GetParam());
  ChildProcess cpu(fit, folder_ / "cpu.log");
  ASSERT_EQ(cpu.Wait(), 0) << cpu.Log();
  ChildProcess gpu(OnGpu(FitCommand(folder_ / "gpu", GetParam())), folder_ / "gpu.log");
  ASSERT_EQ(gpu.Wait(), 0) << gpu.Log();
  EXPECT_THAT(gpu.Log(), HasSubstr("on cuda:0"));
  for (const char* loss : {"class loss", "index loss"}) {
    const double expected = LossOf(cpu.Log(), 1, loss);
    EXPECT_NEAR(LossOf(gpu.Log(), 1, loss), expected, 0.02 * expected + 0.001) << loss;
  }
  ExpectAlike(folder_ / "cpu", folder_ / "gpu");
}

TEST_P(GpuFitTest, TwoRanksPublishWhatOneProcessDoes) {
  if (!HasNccl()) GTEST_SKIP() << "needs a build with NCCL";
  ChildProcess alone(OnGpu(FitCommand(folder_ / "alone", GetParam())), folder_ / "log");
  ASSERT_EQ(alone.Wait(), 0) << alone.Log();
  const Command fit = FitCommand(folder_ / "ranks", GetParam());
  Ranks ranks({OnOwnGpu(fit, 0), OnOwnGpu(fit, 1)});
  ASSERT_THAT(ranks.Wait(), ElementsAre(0, 0)) << ranks.log(0) << ranks.log(1);
  for (const char* loss : {"class loss", "index loss"}) {
    const double expected = LossOf(alone.Log(), 1, loss);
    EXPECT_NEAR(LossOf(ranks.log(0), 1, loss), expected, 0.02 * expected + 0.001) << loss;
    EXPECT_EQ(LossOf(ranks.log(1), 4, loss), LossOf(ranks.log(0), 4, loss)) << loss;
  }
  ExpectAlike(folder_ / "alone", folder_ / "ranks");
}

TEST_F(GpuFit, AKilledRankEndsTheJobAndTheCpuCanGoOn) {
  if (!HasNccl()) GTEST_SKIP() << "needs a build with NCCL";
  const auto output = folder_ / "model";
  Command fit = LongFit(output);
  UnderWay ranks(fit, folder_ / "log1");
  auto& [first, second] = ranks;
  ASSERT_TRUE(first.WaitFor("epoch 3/30")) << first.output() << second.Log();
  second.Signal(SIGKILL);
  EXPECT_EQ(first.WaitForEnd(), 1) << first.output();
  EXPECT_THAT(first.output(), HasSubstr("rank 1 of 2 is gone"));

  // The checkpoint says nothing of ranks or devices.
  fit.push_back("--resume");
  ChildProcess alone(fit, folder_ / "log");
  EXPECT_EQ(alone.Wait(), 0) << alone.Log();
  EXPECT_THAT(alone.Log(), Not(HasSubstr("epoch 3/30")));
}

TEST_F(GpuFit, ResumingEndsInTheSameNetwork) {
  if (!HasNccl()) GTEST_SKIP() << "needs a build with NCCL";
  Ranks whole({OnOwnGpu(LongFit(folder_ / "whole"), 0), OnOwnGpu(LongFit(folder_ / "whole"), 1)});
  ASSERT_THAT(whole.Wait(), ElementsAre(0, 0)) << whole.log(0);

  const auto output = folder_ / "model";
  Command fit = LongFit(output);
  UnderWay ranks(fit, folder_ / "log1");
  auto& [first, second] = ranks;
  ASSERT_TRUE(first.WaitFor("epoch 3/30")) << first.output() << second.Log();
  second.Signal(SIGTERM);
  EXPECT_EQ(first.WaitForEnd(), 130) << first.output();
  EXPECT_EQ(second.Wait(), 130) << second.Log();
  fit.push_back("--resume");
  Ranks resumed({OnOwnGpu(fit, 0), OnOwnGpu(fit, 1)});
  ASSERT_THAT(resumed.Wait(), ElementsAre(0, 0)) << resumed.log(0) << resumed.log(1);
  EXPECT_EQ(ModelDigest(output / "1"), ModelDigest(folder_ / "whole" / "1"));
}

}  // namespace
}  // namespace provnet
