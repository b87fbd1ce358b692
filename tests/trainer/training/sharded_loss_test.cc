#include "trainer/distributed/sharded_loss.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tests/trainer/distributed/ranks.h"
#include "trainer/training/losses.h"

namespace provnet {
namespace {

constexpr int64_t kRows = 6;
constexpr int64_t kColumns = 10;

// Three ranks hold columns 0-2, 3-5 and 6-9.
void ExpectTheLossOfOneProcess(const at::Tensor& target, const at::Tensor& candidates,
                               double smoothing) {
  torch::manual_seed(3);
  const at::Tensor whole = (at::randn({kRows, kColumns}) * 4).set_requires_grad(true);
  const at::Tensor expected = CandidateLoss(whole, target, candidates, smoothing);
  (expected * 2).backward();
  WithRanks(3, [&](World& world) {
    const Share own = ShareOf(kColumns, world.who());
    const at::Tensor logits =
        whole.detach().narrow(1, own.begin, own.size()).clone().set_requires_grad(true);
    const at::Tensor part =
        ShardedCandidateLoss(world, logits, own.begin, target, candidates, smoothing);
    (part * 2).backward();
    EXPECT_TRUE(
        at::allclose(logits.grad(), whole.grad().narrow(1, own.begin, own.size()), 1e-5, 1e-6));
    const at::Tensor sum = part.detach().clone();
    world.Sum(sum);
    EXPECT_TRUE(at::allclose(sum, expected.detach(), 1e-5, 1e-6));
    EXPECT_TRUE(world.Part().ok());
  });
}

TEST(ShardedLoss, IsTheLossOverTheWholeRows) {
  const at::Tensor target = at::tensor({0, 2, 3, 6, 9, 5}, at::kLong);
  const at::Tensor candidates = at::full({kRows}, kColumns, at::kLong);
  for (const double smoothing : {0.0, 0.05})
    ExpectTheLossOfOneProcess(target, candidates, smoothing);
}

TEST(ShardedLoss, ColumnsWithoutASampleTakeNoPart) {
  // Rows that end in the first, the second and the third rank's columns: some ranks have none.
  const at::Tensor target = at::tensor({0, 1, 4, 3, 9, 0}, at::kLong);
  const at::Tensor candidates = at::tensor({1, 3, 5, 6, 10, 9}, at::kLong);
  for (const double smoothing : {0.0, 0.3})
    ExpectTheLossOfOneProcess(target, candidates, smoothing);
}

}  // namespace
}  // namespace provnet
