#ifndef PROVNET_SERVER_ATTRIBUTION_PRODUCT_MATRIX_H_
#define PROVNET_SERVER_ATTRIBUTION_PRODUCT_MATRIX_H_

#include <torch/types.h>

#include <cstdint>
#include <memory>

#include "absl/functional/function_ref.h"

namespace provnet {

enum class Precision { kFloat32, kBFloat16, kInt8 };

// "fp32", "bf16", "int8".
const char* PrecisionName(Precision precision);

// M rows of R values that are multiplied with batches of queries. Thread-safe. Methods throw
// c10::Error on a wrong shape: call through TryTorch.
//
// In kBFloat16 both factors are rounded to bfloat16 (8 bits of significand) and products are summed
// in float32: half the bytes of float32, which is what bounds small batches, and on the CPU twice
// the multiply-adds an instruction, by matrix tiles sixteen times as many. In kInt8 each row and
// each query is rounded to 8 bits over its own range: half of that again, at some four times its
// error.
class ProductMatrix {
 public:
  virtual ~ProductMatrix() = default;

  // The first of a range of rows to be multiplied is a multiple of this.
  static constexpr int64_t kRangeStep = 48;

  // queries float32 [B,R] on the matrix's device -> float32 [B,count], the inner products with rows
  // first .. first + count - 1.
  virtual at::Tensor InnerProducts(const at::Tensor& queries, int64_t first,
                                   int64_t count) const = 0;

  // The inner products with rows 0 .. count - 1, block by block in ascending order: visit(first,
  // products) is handed float32 [B,n] of its own, for rows first .. first + n - 1. Memory for some
  // kBlockProducts of them, whatever B and M.
  void VisitInnerProducts(const at::Tensor& queries, int64_t count,
                          absl::FunctionRef<void(int64_t first, at::Tensor products)> visit) const;

  // Whether ExactInnerProducts gives more than InnerProducts.
  virtual bool has_exact() const = 0;
  // query float32 [R] in host memory, some `rows` int64 [n] -> float32 [n]. Requires has_exact().
  virtual at::Tensor ExactInnerProducts(const at::Tensor& query, const at::Tensor& rows) const = 0;

 private:
  // Few enough to be ranked out of the second-level cache, many enough that what comes with each
  // block takes no time. A GPU wants more at a time.
  static constexpr int64_t kBlockProducts = int64_t{1} << 19;
  static constexpr int64_t kBlockProductsOnDevice = int64_t{1} << 26;
};

// The fastest kind for `device`. `rows` is float32 [M,R] on any device, and must not change; the
// result may share its memory. kBFloat16 needs RowMatrix::HasBFloat16(device), kInt8 the CPU and
// PanelMatrix::CanMultiply.
std::unique_ptr<const ProductMatrix> PackRows(const at::Tensor& rows, Precision precision,
                                              c10::Device device);

}  // namespace provnet

#endif  // PROVNET_SERVER_ATTRIBUTION_PRODUCT_MATRIX_H_
