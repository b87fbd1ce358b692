#include "trainer/distributed/world.h"

#include <gmock/gmock.h>
#include <torch/torch.h>

#include <stdexcept>

#include "tests/trainer/distributed/ranks.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

TEST(World, SumsGathersExchangesAndBroadcasts) {
  WithRanks(3, [](World& world) {
    const int64_t rank = world.who().rank;
    const at::Tensor sum = at::full({4}, static_cast<double>(rank));
    world.Sum(sum);
    EXPECT_TRUE(at::equal(sum, at::full({4}, 3.0)));

    const at::Tensor all = world.Gather(at::full({2}, rank, at::kLong));
    EXPECT_TRUE(at::equal(all, at::tensor({0, 0, 1, 1, 2, 2}, at::kLong).view({3, 2})));

    const at::Tensor at_rank_0 = world.GatherAtRank0(at::full({2}, rank, at::kLong));
    EXPECT_EQ(at_rank_0.defined(), rank == 0);
    EXPECT_TRUE(rank > 0 || at::equal(at_rank_0, all));

    // Ten times the sender, and the receiver.
    const at::Tensor sent = at::arange(3, at::kLong).view({3, 1}) + 10 * rank;
    const at::Tensor received = world.Exchange(sent);
    EXPECT_TRUE(at::equal(received, at::tensor({0, 10, 20}, at::kLong).view({3, 1}) + rank));

    const at::Tensor taken = at::full({2}, static_cast<double>(rank + 5));
    world.Broadcast(taken);
    EXPECT_TRUE(at::equal(taken, at::full({2}, 5.0)));
    EXPECT_TRUE(world.Part().ok());
  });
}

TEST(World, PassesTextsOn) {
  WithRanks(2, [](World& world) {
    const std::string binary("a\0b", 3);
    if (world.who().rank == 1) {
      EXPECT_TRUE(world.Post("note", binary).ok());
      EXPECT_TRUE(world.Post("nothing", "").ok());
    }
    const auto note = world.Read("note"), nothing = world.Read("nothing");
    ASSERT_TRUE(note.ok() && nothing.ok()) << note.status() << nothing.status();
    EXPECT_EQ(*note, binary);
    EXPECT_EQ(*nothing, "");
    EXPECT_TRUE(world.Part().ok());
  });
}

TEST(World, RefusesRanksOnDifferentKindsOfDevice) {
  setenv("GLOO_SOCKET_IFNAME", "lo", 1);
  const uint16_t port = FreePort();
  const auto join = [&](uint32_t rank, c10::Device device) {
    return JoinWorld({"127.0.0.1", port, {rank, 2}}, {.device = device}).status();
  };
  std::thread first(
      [&] { EXPECT_THAT(std::string(join(0, at::kCPU).message()), HasSubstr("rank 1 on meta")); });
  // Any other kind stands for a GPU.
  const absl::Status other = join(1, at::kMeta);
  first.join();
  EXPECT_EQ(other.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(other.message()), HasSubstr("the same kind of --device"));
}

// One GPU is enough for a world of one rank, whose collectives are NCCL's all the same.
TEST(World, ExchangesTensorsOnAGpu) {
  if (!torch::cuda::is_available()) GTEST_SKIP() << "needs a CUDA device";
  const c10::Device gpu(at::kCUDA, 0);
  const absl::Status possible =
      JoinWorld({"127.0.0.1", FreePort(), {0, 1}}, {.device = gpu}).status();
  if (absl::IsUnimplemented(possible)) GTEST_SKIP() << possible.message();
  const auto exchange = [&](World& world) {
    const at::Tensor values = at::arange(4, at::TensorOptions(gpu)).view({1, 4});
    const at::Tensor before = values.clone();
    world.Sum(values);
    EXPECT_TRUE(at::equal(values, before));
    EXPECT_TRUE(at::equal(world.Gather(values)[0], before));
    EXPECT_TRUE(at::equal(world.GatherAtRank0(values)[0], before));
    EXPECT_TRUE(at::equal(world.Exchange(values), before));
    world.Broadcast(values);
    EXPECT_TRUE(at::equal(values, before));
    EXPECT_TRUE(world.Part().ok());
  };
  WithRanks(1, exchange, {.device = gpu});
}

TEST(World, TellsTheOthersWhyARankLeaves) {
  WithRanks(3, [](World& world) {
    if (world.who().rank == 1) {
      world.Leave("rank 1 ran out of luck");
      return;
    }
    EXPECT_THROW(world.Sum(at::zeros({4})), std::runtime_error);
    // The first to find out tells the third in its own words.
    EXPECT_EQ(world.failure().code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(world.failure().message()), HasSubstr("rank 1 ran out of luck"));
  });
}

TEST(World, ATextThatNobodyPostsIsNotWaitedForInVain) {
  WithRanks(2, [](World& world) {
    if (world.who().rank == 1) {
      world.Leave("rank 1 has nothing to say");
      return;
    }
    const absl::Status status = world.Read("word").status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(status.message()), HasSubstr("rank 1 has nothing to say"));
  });
}

TEST(World, SaysThatTheOthersHaveNotComeInTime) {
  const uint16_t port = FreePort();
  const std::string place = "127.0.0.1:" + std::to_string(port);
  for (const auto& [rank, why] : {std::pair(0U, "only 1 came"), std::pair(1U, "could not meet")}) {
    const absl::Status status =
        JoinWorld({"127.0.0.1", port, {rank, 2}}, {.join_timeout = absl::Seconds(1)}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(status.message()), HasSubstr(place));
    EXPECT_THAT(std::string(status.message()), HasSubstr("rank " + std::to_string(rank) + " of 2"));
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
  }
}

TEST(World, SaysThatAnotherProgramHasThePort) {
  setenv("GLOO_SOCKET_IFNAME", "lo", 1);
  const uint16_t port = FreePort();
  const auto first = JoinWorld({"127.0.0.1", port, {0, 1}});
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status second = JoinWorld({"127.0.0.1", port, {0, 1}}).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.message()), HasSubstr("in use"));
}

}  // namespace
}  // namespace provnet
