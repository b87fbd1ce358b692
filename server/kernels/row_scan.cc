#include "server/kernels/row_scan.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "server/kernels/fp32_kernel.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define PROVNET_HAS_ROW_SCAN 1
#endif

namespace provnet {
namespace {

constexpr float kNothing = -std::numeric_limits<float>::infinity();

// Whether one is NaN, and the largest of the others.
struct Extremes {
  bool nan = false;
  float largest = kNothing;
};

Extremes PlainExtremes(const float* values, int64_t count) {
  Extremes extremes;
  for (int64_t i = 0; i < count; ++i) {
    extremes.nan = extremes.nan || std::isnan(values[i]);
    if (values[i] > extremes.largest) extremes.largest = values[i];
  }
  return extremes;
}

// The sum of exp(values[i] - largest).
double PlainSumExp(const float* values, int64_t count, float largest) {
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += std::exp(values[i] - largest);
  return sum;
}

int64_t PlainNextAbove(const float* values, int64_t from, int64_t count, float bound) {
  while (from < count && !(values[from] > bound)) ++from;
  return from;
}

#ifdef PROVNET_HAS_ROW_SCAN

#define PROVNET_SCAN_TARGET __attribute__((target("avx512f")))

constexpr int64_t kLanes = 16;
// Values that are added up in float32 before they go into a double: sixteen a lane, whose roundings
// come to 5e-7 if they all go one way, as those of equal values do.
constexpr int64_t kFloatSums = 16 * kLanes;

PROVNET_SCAN_TARGET __mmask16 FirstLanes(int64_t count) {
  return static_cast<__mmask16>((1U << std::min(count, kLanes)) - 1);
}

PROVNET_SCAN_TARGET Extremes FastExtremes(const float* values, int64_t count) {
  __m512 largest = _mm512_set1_ps(kNothing);
  __mmask16 nan = 0;
  for (int64_t i = 0; i < count; i += kLanes) {
    const __mmask16 lanes = FirstLanes(count - i);
    const __m512 some = _mm512_mask_loadu_ps(largest, lanes, values + i);
    nan |= _mm512_cmp_ps_mask(some, some, _CMP_UNORD_Q);
    largest = _mm512_max_ps(some, largest);
  }
  return {nan != 0, _mm512_reduce_max_ps(largest)};
}

// exp of what is at most 0, by 2^n 2^f with -1/2 <= f <= 1/2 and the first terms of the series of
// 2^f, which err by 1.2e-7 there. Below -104, where float32 has no more numbers, as of -104.
PROVNET_SCAN_TARGET __m512 Exp(__m512 x) {
  // log2(e), and what float32 rounds away of it.
  const __m512 log2e = _mm512_set1_ps(1.44269502F), log2e_rest = _mm512_set1_ps(1.92596299e-8F);
  x = _mm512_max_ps(x, _mm512_set1_ps(-104));
  const __m512 n = _mm512_roundscale_ps(_mm512_mul_ps(x, log2e), _MM_FROUND_TO_NEAREST_INT);
  const __m512 f = _mm512_fmadd_ps(x, log2e_rest, _mm512_fmsub_ps(x, log2e, n));
  // ln(2)^k / k! for k = 6 to 0.
  __m512 power = _mm512_set1_ps(1.54035304e-4F);
  for (const float term :
       {1.33335581e-3F, 9.61812911e-3F, 5.55041087e-2F, 2.40226507e-1F, 6.93147181e-1F, 1.0F}) {
    power = _mm512_fmadd_ps(power, f, _mm512_set1_ps(term));
  }
  return _mm512_scalef_ps(power, n);
}

PROVNET_SCAN_TARGET double FastSumExp(const float* values, int64_t count, float largest) {
  const __m512 shift = _mm512_set1_ps(largest);
  double sum = 0;
  for (int64_t first = 0; first < count; first += kFloatSums) {
    const int64_t end = std::min(first + kFloatSums, count);
    __m512 part = _mm512_setzero_ps();
    for (int64_t i = first; i < end; i += kLanes) {
      const __mmask16 lanes = FirstLanes(end - i);
      const __m512 some = _mm512_maskz_loadu_ps(lanes, values + i);
      part = _mm512_mask_add_ps(part, lanes, part, Exp(_mm512_sub_ps(some, shift)));
    }
    sum += _mm512_reduce_add_ps(part);
  }
  return sum;
}

PROVNET_SCAN_TARGET int64_t FastNextAbove(const float* values, int64_t from, int64_t count,
                                          float bound) {
  const __m512 limit = _mm512_set1_ps(bound);
  for (; from < count; from += kLanes) {
    const __mmask16 lanes = FirstLanes(count - from);
    const __m512 some = _mm512_maskz_loadu_ps(lanes, values + from);
    const __mmask16 above = _mm512_mask_cmp_ps_mask(lanes, some, limit, _CMP_GT_OQ);
    if (above != 0) return from + __builtin_ctz(above);
  }
  return count;
}

#else

// Never called: there is no such processor.
Extremes FastExtremes(const float* values, int64_t count) { return PlainExtremes(values, count); }
double FastSumExp(const float* values, int64_t count, float largest) {
  return PlainSumExp(values, count, largest);
}
int64_t FastNextAbove(const float* values, int64_t from, int64_t count, float bound) {
  return PlainNextAbove(values, from, count, bound);
}

#endif

}  // namespace

double LogSumExp(const float* values, int64_t count) {
  const bool fast = CpuHasFp32Kernel();
  const Extremes extremes = (fast ? FastExtremes : PlainExtremes)(values, count);
  if (extremes.nan) return std::numeric_limits<double>::quiet_NaN();
  if (std::isinf(extremes.largest)) return extremes.largest;
  const double sum = (fast ? FastSumExp : PlainSumExp)(values, count, extremes.largest);
  return extremes.largest + std::log(sum);
}

int64_t NextAbove(const float* values, int64_t from, int64_t count, float bound) {
  return (CpuHasFp32Kernel() ? FastNextAbove : PlainNextAbove)(values, from, count, bound);
}

}  // namespace provnet
