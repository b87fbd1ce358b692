#ifndef PROVNET_SERVER_KERNELS_ROW_SCAN_H_
#define PROVNET_SERVER_KERNELS_ROW_SCAN_H_

#include <cstdint>

namespace provnet {

// What a search does with each row of its products, at the speed at which they are read; by AVX-512
// where the processor has it, else plainly. `values` has `count` numbers.

// The logarithm of the sum of exp(values[i]); -inf where there is none, NaN where one is NaN.
// Relative error of the sum below 1e-6.
double LogSumExp(const float* values, int64_t count);

// The first i >= from with values[i] > bound, or `count`. `bound` is not NaN; NaN is never above.
int64_t NextAbove(const float* values, int64_t from, int64_t count, float bound);

}  // namespace provnet

#endif  // PROVNET_SERVER_KERNELS_ROW_SCAN_H_
