#include "server/kernels/int8_panels.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#if defined(__x86_64__) && defined(__GNUC__)
#define PROVNET_PANEL_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))
#include "server/kernels/panel_tile.h"
#endif

namespace provnet {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// Not NaN, not infinite.
bool AllFinite(const float* values, int64_t dim) {
  return std::all_of(values, values + dim, [](float value) { return std::isfinite(value); });
}

}  // namespace

Int8Query QuantiseQuery(const float* values, int64_t dim, uint8_t* bytes) {
  std::fill(bytes, bytes + dim, uint8_t{0});
  if (!AllFinite(values, dim)) return {.low = kNan};
  const auto [least, most] = std::minmax_element(values, values + dim);
  const Int8Query query{.low = std::min(*least, 0.0F),
                        .step = (std::max(*most, 0.0F) - std::min(*least, 0.0F)) / 255};
  if (!(query.step > 0)) return query;
  for (int64_t i = 0; i < dim; ++i) {
    bytes[i] = static_cast<uint8_t>(
        std::clamp(std::nearbyint((values[i] - query.low) / query.step), 0.0F, 255.0F));
  }
  return query;
}

Int8Row QuantiseRow(const float* values, int64_t dim, int8_t* bytes) {
  std::fill(bytes, bytes + dim, int8_t{0});
  if (!AllFinite(values, dim)) return {.step = kNan};
  float largest = 0;
  for (int64_t i = 0; i < dim; ++i) largest = std::max(largest, std::abs(values[i]));
  Int8Row row{.step = largest / 127};
  if (!(row.step > 0)) return row;
  int64_t sum = 0;
  for (int64_t i = 0; i < dim; ++i) {
    bytes[i] =
        static_cast<int8_t>(std::clamp(std::nearbyint(values[i] / row.step), -127.0F, 127.0F));
    sum += bytes[i];
  }
  row.sum = static_cast<float>(sum);
  return row;
}

// The row's bytes times what the query's bytes leave out: (low + step q) . r = step (q . r) + low
// (1 . r).
void ScaleInt8Products(int64_t query_count, int64_t row_count, const Int8Query* queries,
                       const Int8Row* rows, float* out, int64_t out_stride) {
  for (int64_t b = 0; b < query_count; ++b) {
    const Int8Query query = queries[b];
    float* products = out + b * out_stride;
    for (int64_t m = 0; m < row_count; ++m) {
      products[m] = (query.step * products[m] + query.low * rows[m].sum) * rows[m].step;
    }
  }
}

#ifdef PROVNET_PANEL_TARGET
namespace {

struct Int8Arithmetic {
  using Word = uint32_t;
  using Vector = __m512i;
  using Sum = __m512i;

  PROVNET_PANEL_TARGET static inline Vector Load(const uint32_t* address) {
    return _mm512_loadu_si512(address);
  }
  PROVNET_PANEL_TARGET static inline Vector Broadcast(uint32_t word) {
    return _mm512_set1_epi32(static_cast<int>(word));
  }
  PROVNET_PANEL_TARGET static inline Sum MultiplyAdd(Sum sum, Vector query, Vector row) {
    return _mm512_dpbusd_epi32(sum, query, row);
  }
  PROVNET_PANEL_TARGET static inline Sum Add(Sum a, Sum b) { return _mm512_add_epi32(a, b); }
  PROVNET_PANEL_TARGET static inline __m512 ToFloat(Sum sum) { return _mm512_cvtepi32_ps(sum); }
};

}  // namespace

bool CpuHasInt8Kernel() {
  static const bool available =
      __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
  return available;
}

void MultiplyInt8Panels(const PanelProduct<uint32_t>& product, const Int8Query* queries,
                        const Int8Row* rows, float* out, int64_t out_stride) {
  MultiplyPanels<Int8Arithmetic>(product, out, out_stride);
  ScaleInt8Products(product.query_count, product.row_count, queries, rows, out, out_stride);
}

#else

bool CpuHasInt8Kernel() { return false; }

// Unreachable: callers ask CpuHasInt8Kernel() first.
void MultiplyInt8Panels(const PanelProduct<uint32_t>&, const Int8Query*, const Int8Row*, float*,
                        int64_t) {
  std::abort();
}

#endif

}  // namespace provnet
