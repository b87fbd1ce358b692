#ifndef PROVNET_TRAINER_FAITHFULNESS_WHITENING_H_
#define PROVNET_TRAINER_FAITHFULNESS_WHITENING_H_

#include <torch/types.h>

namespace provnet {

// Ridge of a whitening, as a share of the mean eigenvalue of the second moments.
inline constexpr double kWhiteningRidge = 0.1;

// rows [n, d] -> rows * (rows^T rows + r I)^-1, with r = ridge * trace(rows^T rows) / d. float32;
// the inverse is found in float64.
at::Tensor Whiten(const at::Tensor& rows, double ridge = kWhiteningRidge);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_WHITENING_H_
