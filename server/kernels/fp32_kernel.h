#ifndef PROVNET_SERVER_KERNELS_FP32_KERNEL_H_
#define PROVNET_SERVER_KERNELS_FP32_KERNEL_H_

#include <cstdint>

namespace provnet {

// A row-major matrix of float32, without gaps between its rows.
struct Fp32Operand {
  const float* data;
  int64_t rows;
  // Elements a row.
  int64_t dim;
};

// Whether this processor (and this build) can run MultiplyFp32.
bool CpuHasFp32Kernel();

// out[b * out_stride + m] = sum over r of left[b][r] * right[m][r]. Both operands have the same
// dim, at least 1.
//
// Idea: for few queries the product is bound by reading `right`, so it is read once, where it lies,
// while BLAS would first copy it into its own order. Eight rows of `right` stay in the first-level
// cache while all of `left` passes by. Needs CpuHasFp32Kernel(). Thread-safe on disjoint outputs.
void MultiplyFp32(const Fp32Operand& left, const Fp32Operand& right, float* out,
                  int64_t out_stride);

}  // namespace provnet

#endif  // PROVNET_SERVER_KERNELS_FP32_KERNEL_H_
