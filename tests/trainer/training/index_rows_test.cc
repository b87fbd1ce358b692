#include "trainer/training/index_rows.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tests/trainer/distributed/ranks.h"

namespace provnet {
namespace {

NetworkSpec Spec(v1::HeadType head, uint32_t index_dim) {
  NetworkSpec spec;
  spec.height = spec.width = 8;
  spec.channel_mean = {0.5F};
  spec.channel_stddev = {0.5F};
  spec.classes = 3;
  spec.head = head;
  spec.index_dim = index_dim;
  spec.size = BackboneSize::kTiny;
  return spec;
}

ProvenanceNetwork Network(v1::HeadType head, uint32_t index_dim) {
  return *ProvenanceNetwork::Create(Spec(head, index_dim), /*seed=*/4);
}

// One step of an optimiser, so that it remembers something.
void Step(const ProvenanceNetwork& network, FusedAdamW& optimizer) {
  for (const at::Tensor& parameter : network.Parameters()) {
    parameter.mutable_grad() =
        at::sin(at::arange(parameter.numel(), at::kFloat)).view_as(parameter);
  }
  optimizer.step();
}

TEST(IndexRows, AreSpreadWhereTheyAreTheLargerPart) {
  EXPECT_TRUE(SpreadsIndexRows(Network(v1::HEAD_TYPE_CLASS_INDEPENDENT, 500)));
  EXPECT_TRUE(SpreadsIndexRows(Network(v1::HEAD_TYPE_CLASS_CONDITIONAL, 500)));
  EXPECT_FALSE(SpreadsIndexRows(Network(v1::HEAD_TYPE_CLASS_INDEPENDENT, 2)));
  // Its rows are a projection, not samples.
  EXPECT_FALSE(SpreadsIndexRows(Network(v1::HEAD_TYPE_EMBEDDING, 500)));
}

TEST(IndexRows, EachRankKeepsItsOwnAndRank0GetsThemBackWithTheirState) {
  // Three unequal shares.
  constexpr uint32_t kRows = 101;
  WithRanks(3, [&](World& world) {
    ProvenanceNetwork network = Network(v1::HEAD_TYPE_CLASS_INDEPENDENT, kRows);
    FusedAdamW whole(network.Parameters(), torch::optim::AdamWOptions(0.01));
    Step(network, whole);
    const std::vector<at::Tensor> before = network.Parameters();
    const ProvenanceNetwork::IndexHead head = network.index_head();

    const auto own = KeepOwnRows(world.who(), network, whole);
    const Share share = ShareOf(kRows, world.who());
    const ProvenanceNetwork::IndexHead part = network.index_head();
    EXPECT_TRUE(at::equal(part.weight, head.weight.narrow(0, share.begin, share.size())));
    EXPECT_TRUE(at::equal(part.bias, head.bias.narrow(0, share.begin, share.size())));
    EXPECT_EQ(own->StateOf(part.weight).exp_avg().size(0), share.size());
    EXPECT_TRUE(part.weight.requires_grad());

    const auto collected = CollectRowsAndState(world, network, *own);
    EXPECT_EQ(collected != nullptr, world.who().rank == 0);
    if (collected != nullptr) {
      const std::vector<at::Tensor> after = network.Parameters();
      ASSERT_EQ(after.size(), before.size());
      for (size_t i = 0; i < before.size(); ++i) {
        auto &then = whole.StateOf(before[i]), &now = collected->StateOf(after[i]);
        EXPECT_TRUE(at::equal(after[i], before[i])) << i;
        EXPECT_TRUE(at::equal(now.exp_avg(), then.exp_avg())) << i;
        EXPECT_TRUE(at::equal(now.exp_avg_sq(), then.exp_avg_sq())) << i;
        EXPECT_EQ(now.step(), then.step()) << i;
      }
    } else {
      EXPECT_TRUE(network.index_head().weight.is_same(part.weight));
    }
    EXPECT_TRUE(world.Part().ok());
  });
}

}  // namespace
}  // namespace provnet
