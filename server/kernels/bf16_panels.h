#ifndef PROVNET_SERVER_KERNELS_BF16_PANELS_H_
#define PROVNET_SERVER_KERNELS_BF16_PANELS_H_

#include <cstdint>

#include "server/kernels/panels.h"

namespace provnet {

// As MultiplyFp32Panels (fp32_panels.h), of pairs of bfloat16; sums are float32. Needs
// CpuHasBf16Kernel() (bf16_kernel.h).
void MultiplyBf16Panels(const PanelProduct<uint32_t>& product, float* out, int64_t out_stride);

}  // namespace provnet

#endif  // PROVNET_SERVER_KERNELS_BF16_PANELS_H_
