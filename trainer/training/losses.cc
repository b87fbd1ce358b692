#include "trainer/training/losses.h"

#include <torch/torch.h>

#include <limits>

namespace provnet {

at::Tensor ScaleGradient(const at::Tensor& x, double scale) {
  if (scale == 1) return x;
  if (scale == 0) return x.detach();
  return x * scale + x.detach() * (1 - scale);
}

at::Tensor CandidateLoss(const at::Tensor& logits, const at::Tensor& target,
                         const at::Tensor& candidates, double smoothing) {
  if (candidates.min().item<int64_t>() == logits.size(1)) {
    return at::cross_entropy_loss(logits, target, /*weight=*/{}, at::Reduction::Mean,
                                  /*ignore_index=*/-100, smoothing);
  }
  const at::Tensor columns = at::arange(logits.size(1), target.options());
  const at::Tensor invalid = columns.unsqueeze(0) >= candidates.unsqueeze(1);
  const at::Tensor log_probability = at::log_softmax(
      logits.masked_fill(invalid, -std::numeric_limits<double>::infinity()), /*dim=*/1);
  at::Tensor loss = -log_probability.gather(1, target.unsqueeze(1)).squeeze(1);
  if (smoothing > 0) {
    const at::Tensor mean_over_valid =
        -log_probability.masked_fill(invalid, 0).sum(1) / candidates.to(logits.scalar_type());
    loss = loss * (1 - smoothing) + mean_over_valid * smoothing;
  }
  return loss.mean();
}

at::Tensor ContrastiveLoss(const at::Tensor& first, const at::Tensor& second, double temperature) {
  const at::Tensor similarity = at::matmul(first, second.t()) / temperature;
  const at::Tensor own = at::arange(first.size(0), first.options().dtype(at::kLong));
  return (at::cross_entropy_loss(similarity, own) + at::cross_entropy_loss(similarity.t(), own)) /
         2;
}

}  // namespace provnet
