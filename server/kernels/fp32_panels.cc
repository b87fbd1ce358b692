#include "server/kernels/fp32_panels.h"

#include <cstdlib>

#if defined(__x86_64__) && defined(__GNUC__)
#define PROVNET_PANEL_TARGET __attribute__((target("avx512f")))
#include "server/kernels/panel_tile.h"
#endif

namespace provnet {

#ifdef PROVNET_PANEL_TARGET
namespace {

struct Fp32Arithmetic : FloatSums {
  using Word = float;
  using Vector = __m512;

  PROVNET_PANEL_TARGET static inline Vector Load(const float* address) {
    return _mm512_loadu_ps(address);
  }
  PROVNET_PANEL_TARGET static inline Vector Broadcast(float word) { return _mm512_set1_ps(word); }
  PROVNET_PANEL_TARGET static inline Sum MultiplyAdd(Sum sum, Vector a, Vector b) {
    return _mm512_fmadd_ps(a, b, sum);
  }
};

}  // namespace

void MultiplyFp32Panels(const PanelProduct<float>& product, float* out, int64_t out_stride) {
  MultiplyPanels<Fp32Arithmetic>(product, out, out_stride);
}

#else

// Unreachable: callers ask CpuHasFp32Kernel() first.
void MultiplyFp32Panels(const PanelProduct<float>&, float*, int64_t) { std::abort(); }

#endif

}  // namespace provnet
