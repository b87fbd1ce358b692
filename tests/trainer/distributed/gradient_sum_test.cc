#include "trainer/distributed/gradient_sum.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tests/trainer/distributed/ranks.h"

namespace provnet {
namespace {

at::Tensor Leaf(at::IntArrayRef shape) { return at::ones(shape).set_requires_grad(true); }

TEST(GradientSum, SumsEveryGradientOverTheRanksInEveryStep) {
  WithRanks(3, [](World& world) {
    const double own = static_cast<double>(world.who().rank + 1);
    // Several buckets: a large one between small ones; one that lies in memory in another order;
    // one that no gradient reaches.
    std::vector<at::Tensor> parameters = {Leaf({3}), Leaf({1500, 1000}), Leaf({2, 3, 4, 5}),
                                          Leaf({600, 1000}), Leaf({2})};
    parameters[2] =
        at::ones({2, 3, 4, 5}).contiguous(at::MemoryFormat::ChannelsLast).set_requires_grad(true);
    GradientSum sum(world, parameters);
    for (int step = 1; step <= 2; ++step) {
      at::Tensor loss = at::zeros({});
      for (size_t i = 0; i < 4; ++i) {
        parameters[i].mutable_grad() = at::Tensor();
        loss = loss + parameters[i].sum() * (own * step * static_cast<double>(i + 1));
      }
      loss.backward();
      const at::Tensor more = at::tensor({own, 10 * own}, at::kFloat);
      sum.Finish(more);
      EXPECT_TRUE(at::equal(more, at::tensor({6.0, 60.0}, at::kFloat)));
      for (size_t i = 0; i < 4; ++i) {
        EXPECT_TRUE(
            at::equal(parameters[i].grad(),
                      at::full_like(parameters[i], 6.0 * step * static_cast<double>(i + 1))));
      }
      EXPECT_FALSE(parameters[4].grad().defined());
    }
    EXPECT_TRUE(world.Part().ok());
  });
}

}  // namespace
}  // namespace provnet
