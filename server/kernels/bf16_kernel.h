#ifndef PROVNET_SERVER_KERNELS_BF16_KERNEL_H_
#define PROVNET_SERVER_KERNELS_BF16_KERNEL_H_

#include <cstdint>

namespace provnet {

// bfloat16 elements in one vector register; rows are padded with zeros to a multiple of it.
inline constexpr int64_t kBf16Lanes = 32;

// A row-major matrix of bfloat16 bit patterns.
struct Bf16Operand {
  const uint16_t* data;
  int64_t rows;
  // Elements a row, a multiple of kBf16Lanes.
  int64_t dim;
};

// Whether this processor (and this build) can run MultiplyBf16.
bool CpuHasBf16Kernel();

// out[b * out_stride + m] = sum over r of left[b][r] * right[m][r], summed in float32. Both
// operands have the same dim.
//
// Idea: eight rows of `right` stay in the first-level cache while all of `left` passes by; sixteen
// accumulators (2 x 8) make sixteen multiply-adds of every ten loads, two of which come from
// farther away: tiles of 4 x 4 load less, but twice as much of it from there. For one query the
// product is bound by reading `right` once. Needs CpuHasBf16Kernel(). Thread-safe on disjoint
// outputs.
void MultiplyBf16(const Bf16Operand& left, const Bf16Operand& right, float* out,
                  int64_t out_stride);

}  // namespace provnet

#endif  // PROVNET_SERVER_KERNELS_BF16_KERNEL_H_
