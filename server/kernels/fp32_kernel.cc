#include "server/kernels/fp32_kernel.h"

#include <algorithm>
#include <cstdlib>

#if defined(__x86_64__) && defined(__GNUC__)
#include "server/kernels/horizontal_sum.h"
#define PROVNET_HAS_FP32_KERNEL 1
#endif

namespace provnet {

#ifdef PROVNET_HAS_FP32_KERNEL
namespace {

#define PROVNET_FP32_TARGET __attribute__((target("avx512f")))

constexpr int64_t kLanes = 16;
constexpr int64_t kBlock = 8;

// One row of the left operand times `Rows` of the right; the accumulators stay in registers.
template <int Rows>
PROVNET_FP32_TARGET void MultiplyRow(const float* left, const float* right, int64_t dim,
                                     float* out) {
  __m512 sums[Rows];
  for (int m = 0; m < Rows; ++m) sums[m] = _mm512_setzero_ps();
  const int64_t whole = dim / kLanes * kLanes;
  for (int64_t r = 0; r < whole; r += kLanes) {
    const __m512 query = _mm512_loadu_ps(left + r);
    for (int m = 0; m < Rows; ++m) {
      sums[m] = _mm512_fmadd_ps(query, _mm512_loadu_ps(right + m * dim + r), sums[m]);
    }
  }
  if (whole < dim) {
    const auto rest = static_cast<__mmask16>((1U << (dim - whole)) - 1);
    const __m512 query = _mm512_maskz_loadu_ps(rest, left + whole);
    for (int m = 0; m < Rows; ++m) {
      sums[m] =
          _mm512_fmadd_ps(query, _mm512_maskz_loadu_ps(rest, right + m * dim + whole), sums[m]);
    }
  }
  StoreSums<Rows>(sums, out);
}

using Kernel = void (*)(const float*, const float*, int64_t, float*);

constexpr Kernel kKernels[kBlock] = {MultiplyRow<1>, MultiplyRow<2>, MultiplyRow<3>,
                                     MultiplyRow<4>, MultiplyRow<5>, MultiplyRow<6>,
                                     MultiplyRow<7>, MultiplyRow<8>};

}  // namespace

bool CpuHasFp32Kernel() {
  static const bool available = __builtin_cpu_supports("avx512f");
  return available;
}

void MultiplyFp32(const Fp32Operand& left, const Fp32Operand& right, float* out,
                  int64_t out_stride) {
  for (int64_t m = 0; m < right.rows; m += kBlock) {
    const Kernel kernel = kKernels[std::min(kBlock, right.rows - m) - 1];
    for (int64_t b = 0; b < left.rows; ++b) {
      kernel(left.data + b * left.dim, right.data + m * right.dim, right.dim,
             out + b * out_stride + m);
    }
  }
}

#else

bool CpuHasFp32Kernel() { return false; }

// Unreachable: callers ask CpuHasFp32Kernel() first.
void MultiplyFp32(const Fp32Operand&, const Fp32Operand&, float*, int64_t) { std::abort(); }

#endif

}  // namespace provnet
