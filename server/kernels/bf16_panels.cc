#include "server/kernels/bf16_panels.h"

#include <cstdlib>

#if defined(__x86_64__) && defined(__GNUC__)
#define PROVNET_PANEL_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))
#include "server/kernels/panel_tile.h"
#endif

namespace provnet {

#ifdef PROVNET_PANEL_TARGET
namespace {

struct Bf16Arithmetic : FloatSums {
  using Word = uint32_t;
  using Vector = __m512bh;

  PROVNET_PANEL_TARGET static inline Vector Load(const uint32_t* address) {
    return reinterpret_cast<__m512bh>(_mm512_loadu_si512(address));
  }
  PROVNET_PANEL_TARGET static inline Vector Broadcast(uint32_t word) {
    return reinterpret_cast<__m512bh>(_mm512_set1_epi32(static_cast<int>(word)));
  }
  PROVNET_PANEL_TARGET static inline Sum MultiplyAdd(Sum sum, Vector a, Vector b) {
    return _mm512_dpbf16_ps(sum, a, b);
  }
};

}  // namespace

void MultiplyBf16Panels(const PanelProduct<uint32_t>& product, float* out, int64_t out_stride) {
  MultiplyPanels<Bf16Arithmetic>(product, out, out_stride);
}

#else

// Unreachable: callers ask CpuHasBf16Kernel() first.
void MultiplyBf16Panels(const PanelProduct<uint32_t>&, float*, int64_t) { std::abort(); }

#endif

}  // namespace provnet
