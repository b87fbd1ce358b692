#include "server/kernels/tile_panels.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#if defined(__x86_64__) && defined(__GNUC__) && defined(__linux__)
#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>
#define PROVNET_HAS_TILES 1
#endif

namespace provnet {

#ifdef PROVNET_HAS_TILES
namespace {

#define PROVNET_TILE_TARGET __attribute__((target("amx-tile,amx-bf16,amx-int8,avx512f")))

constexpr int64_t kTileQueries = 16;
constexpr int64_t kTileRows = 16;
// Of rows that all queries pass before the next: a part of the second-level cache.
constexpr int64_t kBytesAtATime = int64_t{1} << 19;
static_assert(kPanelRows == 3 * kTileRows);

// What LDTILECFG reads (Intel, Architecture Instruction Set Extensions, chapter 3).
struct alignas(64) TileShapes {
  uint8_t palette = 1;
  uint8_t start_row = 0;
  uint8_t reserved[14] = {};
  uint16_t row_bytes[16] = {};
  uint8_t rows[16] = {};
};
static_assert(sizeof(TileShapes) == 64);

// Tiles 0 to 2: sums. 3: queries. 4: rows. For each number of queries, less one. Constants, since
// the compiler's intrinsic names only the first bytes of what it reads.
constexpr std::array<TileShapes, kTileQueries> kShapes = [] {
  std::array<TileShapes, kTileQueries> shapes;
  for (uint8_t i = 0; i < kTileQueries; ++i) {
    for (int tile = 0; tile <= 4; ++tile) {
      shapes[i].row_bytes[tile] = 64;
      shapes[i].rows[tile] = tile == 4 ? uint8_t{kTileWords} : static_cast<uint8_t>(i + 1);
    }
  }
  return shapes;
}();

// GCC's intrinsics for tiles are macros of their numbers.
struct Bf16Tiles {
  using Sum = float;
  template <int V>
  PROVNET_TILE_TARGET static void MultiplyAdd() {
    if constexpr (V == 0) _tile_dpbf16ps(0, 3, 4);
    if constexpr (V == 1) _tile_dpbf16ps(1, 3, 4);
    if constexpr (V == 2) _tile_dpbf16ps(2, 3, 4);
  }
};

struct Int8Tiles {
  using Sum = int32_t;
  template <int V>
  PROVNET_TILE_TARGET static void MultiplyAdd() {
    if constexpr (V == 0) _tile_dpbusd(0, 3, 4);
    if constexpr (V == 1) _tile_dpbusd(1, 3, 4);
    if constexpr (V == 2) _tile_dpbusd(2, 3, 4);
  }
};

// Up to sixteen queries times the first `row_count` rows of one panel.
template <typename Tiles>
PROVNET_TILE_TARGET void MultiplyTiles(const uint32_t* queries, int64_t query_count,
                                       const uint32_t* panel, int64_t words, int64_t row_count,
                                       float* out, int64_t out_stride) {
  constexpr int64_t kPanelStride = kPanelRows * sizeof(uint32_t);
  const int64_t query_stride = words * static_cast<int64_t>(sizeof(uint32_t));
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  for (int64_t w = 0; w < words; w += kTileWords) {
    const uint32_t* rows = panel + w * kPanelRows;
    _tile_loadd(3, queries + w, query_stride);
    _tile_loadd(4, rows, kPanelStride);
    Tiles::template MultiplyAdd<0>();
    _tile_loadd(4, rows + kTileRows, kPanelStride);
    Tiles::template MultiplyAdd<1>();
    _tile_loadd(4, rows + 2 * kTileRows, kPanelStride);
    Tiles::template MultiplyAdd<2>();
  }
  alignas(64) typename Tiles::Sum sums[kTileQueries][kPanelRows];
  constexpr int64_t kSumStride = kPanelRows * sizeof(typename Tiles::Sum);
  _tile_stored(0, sums[0], kSumStride);
  _tile_stored(1, sums[0] + kTileRows, kSumStride);
  _tile_stored(2, sums[0] + 2 * kTileRows, kSumStride);
  for (int64_t b = 0; b < query_count; ++b) {
    std::transform(sums[b], sums[b] + row_count, out + b * out_stride,
                   [](typename Tiles::Sum sum) { return static_cast<float>(sum); });
  }
}

// Whole blocks of sixteen queries, or fewer than sixteen, times the rows of some panels. Shapes the
// tiles once, which takes as long as some products.
template <typename Tiles>
PROVNET_TILE_TARGET void MultiplyBlocks(const PanelProduct<uint32_t>& product, float* out,
                                        int64_t out_stride) {
  const int64_t queries = std::min(kTileQueries, product.query_count);
  if (queries == 0) return;
  _tile_loadconfig(&kShapes[static_cast<size_t>(queries - 1)]);
  for (int64_t m = 0; m < product.row_count; m += kPanelRows) {
    for (int64_t b = 0; b + queries <= product.query_count; b += queries) {
      MultiplyTiles<Tiles>(product.queries + b * product.words, queries,
                           product.panels + m * product.words, product.words,
                           std::min(kPanelRows, product.row_count - m), out + b * out_stride + m,
                           out_stride);
    }
  }
}

template <typename Tiles>
PROVNET_TILE_TARGET void MultiplyAllTiles(const PanelProduct<uint32_t>& product, float* out,
                                          int64_t out_stride) {
  // What callers have written is there before it is read: GCC's intrinsics don't say that they
  // read.
  asm volatile("" ::: "memory");
  const int64_t whole = product.query_count / kTileQueries * kTileQueries;
  const int64_t panel_bytes = kPanelRows * product.words * static_cast<int64_t>(sizeof(uint32_t));
  const int64_t step = std::max<int64_t>(kBytesAtATime / panel_bytes, 1) * kPanelRows;
  for (int64_t m = 0; m < product.row_count; m += step) {
    PanelProduct<uint32_t> some = product;
    some.panels = product.panels + m * product.words;
    some.row_count = std::min(step, product.row_count - m);
    some.query_count = whole;
    MultiplyBlocks<Tiles>(some, out + m, out_stride);
    some.queries = product.queries + whole * product.words;
    some.query_count = product.query_count - whole;
    MultiplyBlocks<Tiles>(some, out + whole * out_stride + m, out_stride);
  }
  // A thread with live tiles has 8 KB more to save at each switch.
  _tile_release();
}

// Whether CPUID names tiles, and their products of bfloat16 and of bytes (leaf 7, EDX). Not by
// __builtin_cpu_supports, to which not every compiler has taught them.
bool ProcessorHasTiles() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  constexpr unsigned kBf16 = 1U << 22, kTiles = 1U << 24, kInt8 = 1U << 25;
  constexpr unsigned kAll = kBf16 | kTiles | kInt8;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (edx & kAll) == kAll;
}

// Tiles are large state, which Linux gives to processes that ask (its
// Documentation/arch/x86/xstate).
bool SystemLetsUseTiles() {
  constexpr int kRequestPermission = 0x1023;  // ARCH_REQ_XCOMP_PERM
  constexpr int kTileData = 18;               // XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

}  // namespace

bool CpuHasTileKernels() {
  static const bool available =
      __builtin_cpu_supports("avx512f") && ProcessorHasTiles() && SystemLetsUseTiles();
  return available;
}

void MultiplyBf16Tiles(const PanelProduct<uint32_t>& product, float* out, int64_t out_stride) {
  MultiplyAllTiles<Bf16Tiles>(product, out, out_stride);
}

void MultiplyInt8Tiles(const PanelProduct<uint32_t>& product, const Int8Query* queries,
                       const Int8Row* rows, float* out, int64_t out_stride) {
  MultiplyAllTiles<Int8Tiles>(product, out, out_stride);
  ScaleInt8Products(product.query_count, product.row_count, queries, rows, out, out_stride);
}

#else

bool CpuHasTileKernels() { return false; }

// Unreachable: callers ask CpuHasTileKernels() first.
void MultiplyBf16Tiles(const PanelProduct<uint32_t>&, float*, int64_t) { std::abort(); }
void MultiplyInt8Tiles(const PanelProduct<uint32_t>&, const Int8Query*, const Int8Row*, float*,
                       int64_t) {
  std::abort();
}

#endif

}  // namespace provnet
