#include "trainer/distributed/gathered_rows.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tests/trainer/distributed/ranks.h"

namespace provnet {
namespace {

TEST(GatheredRows, AreAllRowsAndGetTheSumOfTheRanksGradients) {
  // Shares of 2, 2 and 3 rows.
  constexpr int64_t kRows = 7;
  const at::Tensor whole = at::arange(2 * kRows, at::kFloat).view({kRows, 2});
  WithRanks(3, [&](World& world) {
    const Share own = ShareOf(kRows, world.who());
    const at::Tensor rows = whole.narrow(0, own.begin, own.size()).clone().set_requires_grad(true);
    const at::Tensor all = GatherRows(world, rows, kRows);
    EXPECT_TRUE(at::equal(all, whole));
    // This rank's part of a loss in which row i counts i times, and a rank its number plus one.
    const at::Tensor weights = at::arange(kRows, at::kFloat).unsqueeze(1);
    ((all * weights).sum() * static_cast<double>(world.who().rank + 1)).backward();
    EXPECT_TRUE(
        at::equal(rows.grad(), weights.narrow(0, own.begin, own.size()).expand({-1, 2}) * 6));
    EXPECT_TRUE(world.Part().ok());
  });
}

}  // namespace
}  // namespace provnet
