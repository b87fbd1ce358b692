#ifndef PROVNET_SERVER_KERNELS_FP32_PANELS_H_
#define PROVNET_SERVER_KERNELS_FP32_PANELS_H_

#include <cstdint>

#include "server/kernels/panels.h"

namespace provnet {

// out[b * out_stride + m] = the inner product of query b and row m, summed in float32.
//
// Idea: BLAS brings both factors into an order of its own in each call, which for a batch of
// queries is a good part of the work; here the rows were brought into it once (Goto and van de
// Geijn 2008, "Anatomy of high-performance matrix multiplication", whose innermost kernel this is).
// A panel stays in the second-level cache while all queries pass by; 24 sums stay in registers, and
// eleven loads feed 24 multiply-adds. Needs CpuHasFp32Kernel() (fp32_kernel.h). Thread-safe on
// disjoint outputs.
void MultiplyFp32Panels(const PanelProduct<float>& product, float* out, int64_t out_stride);

}  // namespace provnet

#endif  // PROVNET_SERVER_KERNELS_FP32_PANELS_H_
