#include "server/kernels/bf16_kernel.h"

#include <algorithm>
#include <cstdlib>

#if defined(__x86_64__) && defined(__GNUC__)
#include "server/kernels/horizontal_sum.h"
#define PROVNET_HAS_BF16_KERNEL 1
#endif

namespace provnet {

#ifdef PROVNET_HAS_BF16_KERNEL
namespace {

#define PROVNET_BF16_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))

constexpr int64_t kLeftBlock = 2;
constexpr int64_t kRightBlock = 8;

PROVNET_BF16_TARGET inline __m512bh Load(const uint16_t* address) {
  return reinterpret_cast<__m512bh>(_mm512_loadu_si512(address));
}

// One Left x Right tile of the product; the accumulators stay in registers.
template <int Left, int Right>
PROVNET_BF16_TARGET void MultiplyTile(const uint16_t* left, const uint16_t* right, int64_t dim,
                                      float* out, int64_t out_stride) {
  __m512 sums[Left][Right];
  for (int b = 0; b < Left; ++b) {
    for (int m = 0; m < Right; ++m) sums[b][m] = _mm512_setzero_ps();
  }
  for (int64_t r = 0; r < dim; r += kBf16Lanes) {
    __m512bh queries[Left];
    for (int b = 0; b < Left; ++b) queries[b] = Load(left + b * dim + r);
    for (int m = 0; m < Right; ++m) {
      const __m512bh row = Load(right + m * dim + r);
      for (int b = 0; b < Left; ++b) sums[b][m] = _mm512_dpbf16_ps(sums[b][m], queries[b], row);
    }
  }
  for (int b = 0; b < Left; ++b) StoreSums<Right>(sums[b], out + b * out_stride);
}

using Tile = void (*)(const uint16_t*, const uint16_t*, int64_t, float*, int64_t);

template <int Left>
constexpr Tile kTiles[kRightBlock] = {
    MultiplyTile<Left, 1>, MultiplyTile<Left, 2>, MultiplyTile<Left, 3>, MultiplyTile<Left, 4>,
    MultiplyTile<Left, 5>, MultiplyTile<Left, 6>, MultiplyTile<Left, 7>, MultiplyTile<Left, 8>};

}  // namespace

bool CpuHasBf16Kernel() {
  static const bool available =
      __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bf16");
  return available;
}

void MultiplyBf16(const Bf16Operand& left, const Bf16Operand& right, float* out,
                  int64_t out_stride) {
  for (int64_t m = 0; m < right.rows; m += kRightBlock) {
    const int64_t rows = std::min(kRightBlock, right.rows - m);
    for (int64_t b = 0; b < left.rows; b += kLeftBlock) {
      const Tile tile = left.rows - b >= kLeftBlock ? kTiles<2>[rows - 1] : kTiles<1>[rows - 1];
      tile(left.data + b * left.dim, right.data + m * right.dim, right.dim,
           out + b * out_stride + m, out_stride);
    }
  }
}

#else

bool CpuHasBf16Kernel() { return false; }

// Unreachable: callers ask CpuHasBf16Kernel() first.
void MultiplyBf16(const Bf16Operand&, const Bf16Operand&, float*, int64_t) { std::abort(); }

#endif

}  // namespace provnet
