#ifndef PROVNET_SERVER_KERNELS_INT8_PANELS_H_
#define PROVNET_SERVER_KERNELS_INT8_PANELS_H_

#include <cstdint>

#include "server/kernels/panels.h"

namespace provnet {

// Whether this processor (and this build) can run MultiplyInt8Panels: AVX512-VNNI.
bool CpuHasInt8Kernel();

// A query as unsigned bytes: value i is about low + step * bytes[i].
struct Int8Query {
  float low = 0;
  float step = 0;
};

// Rounds `values` [dim], all of which then lie between low and low + 255 step; low is at most 0, so
// that a zero stays near zero. Where one is not finite, low becomes NaN and so does each product.
Int8Query QuantiseQuery(const float* values, int64_t dim, uint8_t* bytes);

// A row as signed bytes: value i is about step * bytes[i].
struct Int8Row {
  float step = 0;
  // Of the bytes.
  float sum = 0;
};

// Rounds `values` [dim] to -127 .. 127 times a step. Where one is not finite, the step becomes NaN.
Int8Row QuantiseRow(const float* values, int64_t dim, int8_t* bytes);

// Replaces the inner products of the bytes of query b and row m, at out[b * out_stride + m], by
// those of what the bytes stand for.
void ScaleInt8Products(int64_t query_count, int64_t row_count, const Int8Query* queries,
                       const Int8Row* rows, float* out, int64_t out_stride);

// out[b * out_stride + m] = the inner product of query b and row m as they were rounded, up to
// float32. Words are four bytes, unsigned in queries, signed in rows; `queries` has query_count,
// `rows` row_count entries. As MultiplyFp32Panels (fp32_panels.h); sums are exact. Needs
// CpuHasInt8Kernel().
void MultiplyInt8Panels(const PanelProduct<uint32_t>& product, const Int8Query* queries,
                        const Int8Row* rows, float* out, int64_t out_stride);

}  // namespace provnet

#endif  // PROVNET_SERVER_KERNELS_INT8_PANELS_H_
