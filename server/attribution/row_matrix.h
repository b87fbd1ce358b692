#ifndef PROVNET_SERVER_ATTRIBUTION_ROW_MATRIX_H_
#define PROVNET_SERVER_ATTRIBUTION_ROW_MATRIX_H_

#include <torch/script.h>

#include <cstdint>

#include "server/attribution/product_matrix.h"

namespace provnet {

// Rows one after the other, so that any range of them can be multiplied with one query; and on any
// device. Holds 4 bytes an element, or 2 on CUDA in bf16.
//
// On the CPU bf16 is multiplied by our own AVX512-BF16 kernel, elsewhere by LibTorch; so are few
// queries in fp32 (AVX512F). On the CPU what rounding took away is kept as a second bfloat16, which
// together with the first gives 16 bits of significand to those few rows that a search has found.
class RowMatrix final : public ProductMatrix {
 public:
  // Whether the CPU multiplies bf16 in hardware (AVX512-BF16); CUDA always does.
  static bool HasBFloat16(c10::Device device);

  // `rows` is float32 [M,R] on any device; the copy is made on `device`.
  RowMatrix(const at::Tensor& rows, Precision precision, c10::Device device);

  int64_t rows() const { return row_count_; }
  int64_t dim() const { return dim_; }

  // queries float32 [B,R] on the matrix's device -> float32 [B,M]. Throws c10::Error on a wrong
  // shape: call through TryTorch.
  at::Tensor InnerProducts(const at::Tensor& queries) const {
    return InnerProducts(queries, 0, row_count_);
  }
  // The same for `count` rows from row `first` on: float32 [B,count].
  at::Tensor InnerProducts(const at::Tensor& queries, int64_t first, int64_t count) const override;

  // On the CPU, for many products of few rows each: queries in the form in which they are
  // multiplied, and the inner products of query `q` of them with rows first .. first + count - 1,
  // computed on the calling thread into out[0 .. count).
  at::Tensor PackQueries(const at::Tensor& queries) const;
  void MultiplyRange(const at::Tensor& packed_queries, int64_t q, int64_t first, int64_t count,
                     float* out) const;

  // In bf16 on the CPU.
  bool has_exact() const override { return rest_.defined(); }
  // With rows within 2^-16 of what they were.
  at::Tensor ExactInnerProducts(const at::Tensor& query, const at::Tensor& rows) const override;

 private:
  int64_t row_count_;
  int64_t dim_;
  Precision precision_;
  // float32 [M,R]; or bfloat16 [M, R padded with zeros to the kernel's stride] on the CPU, [M,R] on
  // CUDA.
  at::Tensor packed_;
  // bfloat16 in packed_'s shape: the rows less packed_; or undefined.
  at::Tensor rest_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_ATTRIBUTION_ROW_MATRIX_H_
