#include "trainer/faithfulness/whitening.h"

#include <torch/torch.h>

#include <algorithm>

namespace provnet {

at::Tensor Whiten(const at::Tensor& rows, double ridge) {
  at::Tensor moments = rows.t().matmul(rows).to(at::kDouble);
  const double mean_eigenvalue =
      moments.trace().item<double>() / static_cast<double>(moments.size(0));
  // All-zero rows stay zero.
  moments.diagonal().add_(std::max(ridge * mean_eigenvalue, 1e-30));
  const at::Tensor factor = at::linalg_cholesky(moments);
  return at::cholesky_solve(rows.t().to(at::kDouble), factor).t().to(at::kFloat).contiguous();
}

}  // namespace provnet
