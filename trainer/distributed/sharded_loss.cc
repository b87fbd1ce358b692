#include "trainer/distributed/sharded_loss.h"

#include <torch/torch.h>

#include <limits>

namespace provnet {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// Which of this rank's columns mean something in each row, and where the target is, if here.
struct Columns {
  Columns(const at::Tensor& logits, int64_t first, const at::Tensor& target,
          const at::Tensor& candidates)
      : invalid(at::arange(first, first + logits.size(1), target.options()).unsqueeze(0) >=
                candidates.unsqueeze(1)),
        own((target >= first).logical_and(target < first + logits.size(1)).unsqueeze(1)),
        column((target - first).clamp(0, logits.size(1) - 1).unsqueeze(1)) {}

  at::Tensor invalid;  // bool [B, m]
  at::Tensor own;      // bool [B, 1]
  at::Tensor column;   // int64 [B, 1], 0 .. m - 1
};

// With p the softmax, K a row's candidates and s the smoothing, a row's loss is
//   log sum exp(z) - (1 - s) z_target - s / K sum z,
// and its gradient p - (1 - s) [target] - s / K, over the valid columns.
class CrossEntropy : public torch::autograd::Function<CrossEntropy> {
 public:
  static at::Tensor forward(AutogradContext* context, const at::Tensor& logits, World* world,
                            int64_t first, const at::Tensor& target, const at::Tensor& candidates,
                            double smoothing) {
    const Columns columns(logits, first, target, candidates);
    const at::Tensor masked =
        logits.masked_fill(columns.invalid, -std::numeric_limits<double>::infinity());
    const at::Tensor all = world->Gather(at::stack(
        {masked.logsumexp(1),
         logits.gather(1, columns.column).masked_fill(columns.own.logical_not(), 0).squeeze(1),
         logits.masked_fill(columns.invalid, 0).sum(1)}));
    const at::Tensor denominator = all.select(1, 0).logsumexp(0);
    context->save_for_backward({masked, denominator, target, candidates});
    context->saved_data["first"] = first;
    context->saved_data["smoothing"] = smoothing;
    const at::Tensor loss = denominator - all.select(1, 1).sum(0) * (1 - smoothing) -
                            all.select(1, 2).sum(0) / candidates * smoothing;
    return loss.mean() / static_cast<double>(world->who().ranks);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor &masked = saved[0], &denominator = saved[1], &candidates = saved[3];
    const double smoothing = context->saved_data["smoothing"].toDouble();
    const Columns columns(masked, context->saved_data["first"].toInt(), saved[2], candidates);
    at::Tensor slope = (masked - denominator.unsqueeze(1)).exp_();
    slope.sub_((smoothing / candidates.to(at::kFloat)).unsqueeze(1))
        .masked_fill_(columns.invalid, 0);
    slope.scatter_add_(1, columns.column, columns.own.to(at::kFloat) * (smoothing - 1));
    slope.mul_(gradients[0] / masked.size(0));
    return {slope, {}, {}, {}, {}, {}};
  }
};

}  // namespace

at::Tensor ShardedCandidateLoss(World& world, const at::Tensor& logits, int64_t first,
                                const at::Tensor& target, const at::Tensor& candidates,
                                double smoothing) {
  return CrossEntropy::apply(logits, &world, first, target, candidates, smoothing);
}

}  // namespace provnet
