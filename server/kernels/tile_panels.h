#ifndef PROVNET_SERVER_KERNELS_TILE_PANELS_H_
#define PROVNET_SERVER_KERNELS_TILE_PANELS_H_

#include <cstdint>

#include "server/kernels/int8_panels.h"
#include "server/kernels/panels.h"

namespace provnet {

// Words that a tile holds of a row: rows and queries are padded with zeros to a multiple of it.
inline constexpr int64_t kTileWords = 16;

// Whether this processor (and this build) has matrix tiles, Intel's AMX, for bfloat16 and bytes,
// and the operating system lets this process use them (Linux 5.16). Asks it the first time.
bool CpuHasTileKernels();

// As MultiplyBf16Panels and MultiplyInt8Panels, by tiles of 16 queries and 16 rows, for which one
// instruction makes 8,192 products of bfloat16 or 16,384 of bytes. Queries lie row by row,
// [query_count, words], unpacked; the panels are those of the other kernels (panels.h), sixteen
// words of which are sixteen tile rows as they are. `words` is a multiple of kTileWords. Sums of
// bfloat16 are made in another order, those of bytes are exact. Need CpuHasTileKernels().
// Thread-safe on disjoint outputs.
void MultiplyBf16Tiles(const PanelProduct<uint32_t>& product, float* out, int64_t out_stride);
void MultiplyInt8Tiles(const PanelProduct<uint32_t>& product, const Int8Query* queries,
                       const Int8Row* rows, float* out, int64_t out_stride);

}  // namespace provnet

#endif  // PROVNET_SERVER_KERNELS_TILE_PANELS_H_
