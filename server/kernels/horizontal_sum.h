#ifndef PROVNET_SERVER_KERNELS_HORIZONTAL_SUM_H_
#define PROVNET_SERVER_KERNELS_HORIZONTAL_SUM_H_

#include <immintrin.h>

namespace provnet {

// The sums of the sixteen lanes of four vectors, together: a third of the instructions of four
// sums one by one.
__attribute__((target("avx512f"))) inline __m128 SumLanes(__m512 a, __m512 b, __m512 c, __m512 d) {
  // In each quarter of a vector: a, b, a, b, with half as many terms to go; likewise c and d.
  const __m512 ab = _mm512_add_ps(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
  const __m512 cd = _mm512_add_ps(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
  // In each quarter: a, b, c, d.
  const __m512 quarters = _mm512_add_ps(_mm512_shuffle_ps(ab, cd, _MM_SHUFFLE(1, 0, 1, 0)),
                                        _mm512_shuffle_ps(ab, cd, _MM_SHUFFLE(3, 2, 3, 2)));
  const __m128 low =
      _mm_add_ps(_mm512_extractf32x4_ps(quarters, 0), _mm512_extractf32x4_ps(quarters, 1));
  const __m128 high =
      _mm_add_ps(_mm512_extractf32x4_ps(quarters, 2), _mm512_extractf32x4_ps(quarters, 3));
  return _mm_add_ps(low, high);
}

// out[m] = the sum of the lanes of sums[m], for `Count` vectors.
template <int Count>
__attribute__((target("avx512f"))) inline void StoreSums(const __m512* sums, float* out) {
  int m = 0;
  for (; m + 4 <= Count; m += 4) {
    _mm_storeu_ps(out + m, SumLanes(sums[m], sums[m + 1], sums[m + 2], sums[m + 3]));
  }
  for (; m < Count; ++m) out[m] = _mm512_reduce_add_ps(sums[m]);
}

}  // namespace provnet

#endif  // PROVNET_SERVER_KERNELS_HORIZONTAL_SUM_H_
