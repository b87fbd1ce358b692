#ifndef PROVNET_SERVER_ATTRIBUTION_PANEL_MATRIX_H_
#define PROVNET_SERVER_ATTRIBUTION_PANEL_MATRIX_H_

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "server/attribution/product_matrix.h"
#include "server/kernels/int8_panels.h"
#include "server/kernels/tile_panels.h"

namespace provnet {

// Rows in the order in which our own kernels multiply them with batches of any size on the CPU
// (server/kernels/panels.h), packed once. Holds 4 bytes an element; in bf16 2 and in int8 1, and
// then a reference to the rows that it was made of, from which the few that a search finds are
// multiplied in float32.
//
// In bf16 and int8 by matrix tiles where the processor has them (server/kernels/tile_panels.h): a
// ninth of the time of its vectors for 64 queries, the same for one; rows are then padded to 64
// bytes. Without them, sums are made in an order that depends on the size of the batch, so products
// of one query differ by rounding between batches.
class PanelMatrix final : public ProductMatrix {
 public:
  // Whether this processor has what the kernels need: AVX512F, in bf16
  // AVX512-BF16, in int8 AVX512-VNNI.
  static bool CanMultiply(Precision precision);

  // `rows` is float32 [M,R] on the CPU, M and R at least 1. Its memory is shared but in fp32.
  // `by_tiles` requires that the processor has them; fp32 never uses them.
  PanelMatrix(const at::Tensor& rows, Precision precision, bool by_tiles = CpuHasTileKernels());

  at::Tensor InnerProducts(const at::Tensor& queries, int64_t first, int64_t count) const override;
  bool has_exact() const override { return precision_ != Precision::kFloat32; }
  at::Tensor ExactInnerProducts(const at::Tensor& query, const at::Tensor& rows) const override;

 private:
  const Precision precision_;
  const bool by_tiles_;
  const int64_t row_count_;
  const int64_t dim_;
  // 32-bit words of a row.
  const int64_t words_;
  // float32 or int32 [panels, words, 48].
  at::Tensor panels_;
  // In int8: by row.
  std::vector<Int8Row> int8_rows_;
  // float32 [M,R]; undefined in fp32.
  at::Tensor exact_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_ATTRIBUTION_PANEL_MATRIX_H_
