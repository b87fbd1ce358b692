#ifndef PROVNET_SERVER_KERNELS_PANEL_TILE_H_
#define PROVNET_SERVER_KERNELS_PANEL_TILE_H_

#include <immintrin.h>

#include <algorithm>
#include <cstdint>

#include "server/kernels/panels.h"

#ifndef PROVNET_PANEL_TARGET
#error "define PROVNET_PANEL_TARGET, the instruction sets of the kernel that includes this"
#endif

// The loops of a product by panels, for one kind of arithmetic:
//   Word, Vector  (sixteen words)
//   Load, Broadcast  (sixteen words; one word, sixteen times)
//   Sum  (sixteen of them; all zero when made of nothing)
//   MultiplyAdd, Add  (sum + products of words, lane by lane; sum + sum)
//   ToFloat  (a sum as __m512)
// Functions have internal linkage: each kernel compiles them for its own instruction sets.
namespace provnet {
namespace {

constexpr int kPanelVectors = 3;
static_assert(kPanelVectors * 16 == kPanelRows);

// The sums of arithmetics that add up in float32.
struct FloatSums {
  using Sum = __m512;

  PROVNET_PANEL_TARGET static inline Sum Add(Sum a, Sum b) { return _mm512_add_ps(a, b); }
  PROVNET_PANEL_TARGET static inline __m512 ToFloat(Sum sum) { return sum; }
};

// Of few queries several steps go side by side, each into sums of its own, since an addition waits
// for the one before it: 24 sums keep the multipliers busy, and fit the registers.
template <int Queries>
constexpr int kSteps = Queries == 1   ? 8
                       : Queries == 2 ? 4
                       : Queries <= 4 ? 2
                                      : 1;

// The products of `Queries` queries with the first `row_count` rows of one panel.
template <typename Arithmetic, int Queries>
PROVNET_PANEL_TARGET void MultiplyPanel(const typename Arithmetic::Word* queries,
                                        const typename Arithmetic::Word* panel, int64_t words,
                                        int64_t row_count, float* out, int64_t out_stride) {
  constexpr int kSide = kSteps<Queries>;
  typename Arithmetic::Sum sums[kSide][Queries][kPanelVectors];
#pragma GCC unroll 8
  for (int s = 0; s < kSide; ++s) {
#pragma GCC unroll 8
    for (int b = 0; b < Queries; ++b) {
#pragma GCC unroll 3
      for (int v = 0; v < kPanelVectors; ++v) sums[s][b][v] = typename Arithmetic::Sum{};
    }
  }
  const auto step = [&](int s, int64_t w) PROVNET_PANEL_TARGET __attribute__((always_inline)) {
    typename Arithmetic::Vector rows[kPanelVectors];
#pragma GCC unroll 3
    for (int v = 0; v < kPanelVectors; ++v) {
      rows[v] = Arithmetic::Load(panel + w * kPanelRows + v * 16);
    }
#pragma GCC unroll 8
    for (int b = 0; b < Queries; ++b) {
      const typename Arithmetic::Vector query = Arithmetic::Broadcast(queries[w * Queries + b]);
#pragma GCC unroll 3
      for (int v = 0; v < kPanelVectors; ++v) {
        sums[s][b][v] = Arithmetic::MultiplyAdd(sums[s][b][v], query, rows[v]);
      }
    }
  };
  int64_t w = 0;
  for (; w + kSide <= words; w += kSide) {
#pragma GCC unroll 8
    for (int s = 0; s < kSide; ++s) step(s, w + s);
  }
  for (; w < words; ++w) step(0, w);

#pragma GCC unroll 8
  for (int b = 0; b < Queries; ++b) {
#pragma GCC unroll 3
    for (int v = 0; v < kPanelVectors; ++v) {
      const int64_t left = std::clamp<int64_t>(row_count - v * 16, 0, 16);
      typename Arithmetic::Sum sum = sums[0][b][v];
#pragma GCC unroll 8
      for (int s = 1; s < kSide; ++s) sum = Arithmetic::Add(sum, sums[s][b][v]);
      const auto mask = static_cast<__mmask16>((1U << left) - 1);
      _mm512_mask_storeu_ps(out + b * out_stride + v * 16, mask, Arithmetic::ToFloat(sum));
    }
  }
}

template <typename Arithmetic>
void MultiplyPanels(const PanelProduct<typename Arithmetic::Word>& product, float* out,
                    int64_t out_stride) {
  using Word = typename Arithmetic::Word;
  using Kernel = void (*)(const Word*, const Word*, int64_t, int64_t, float*, int64_t);
  static constexpr Kernel kKernels[kQueryBlock] = {
      MultiplyPanel<Arithmetic, 1>, MultiplyPanel<Arithmetic, 2>, MultiplyPanel<Arithmetic, 3>,
      MultiplyPanel<Arithmetic, 4>, MultiplyPanel<Arithmetic, 5>, MultiplyPanel<Arithmetic, 6>,
      MultiplyPanel<Arithmetic, 7>, MultiplyPanel<Arithmetic, 8>};
  for (int64_t m = 0; m < product.row_count; m += kPanelRows) {
    for (int64_t b = 0; b < product.query_count; b += kQueryBlock) {
      const Kernel kernel = kKernels[std::min(kQueryBlock, product.query_count - b) - 1];
      kernel(product.queries + b * product.words, product.panels + m * product.words, product.words,
             std::min(kPanelRows, product.row_count - m), out + b * out_stride + m, out_stride);
    }
  }
}

}  // namespace
}  // namespace provnet

#endif  // PROVNET_SERVER_KERNELS_PANEL_TILE_H_
