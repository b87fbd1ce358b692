#include "server/attribution/row_matrix.h"

#include <numeric>

#include "server/kernels/bf16_kernel.h"
#include "server/kernels/fp32_kernel.h"
#include "server/model/row_product.h"

namespace provnet {
namespace {

int64_t PaddedDim(int64_t dim) { return (dim + kBf16Lanes - 1) / kBf16Lanes * kBf16Lanes; }

// A bfloat16 copy whose rows are zero-padded to a whole number of vector registers.
at::Tensor PackPadded(const at::Tensor& rows) {
  at::Tensor packed = at::zeros({rows.size(0), PaddedDim(rows.size(1))}, at::kBFloat16);
  packed.narrow(1, 0, rows.size(1)).copy_(rows);
  return packed;
}

Bf16Operand Bf16Rows(const at::Tensor& tensor) {
  return {reinterpret_cast<const uint16_t*>(tensor.data_ptr<at::BFloat16>()), tensor.size(0),
          tensor.size(1)};
}

Fp32Operand Fp32Rows(const at::Tensor& tensor) {
  return {tensor.data_ptr<float>(), tensor.size(0), tensor.size(1)};
}

// More queries are faster in a BLAS that first packs both factors, measured where the rows are 49
// MB (index_search_benchmark).
constexpr int64_t kFewQueries = 16;

at::Tensor MultiplyFloat32(const at::Tensor& queries, const at::Tensor& rows) {
  if (!rows.is_cpu() || queries.size(0) > kFewQueries || !CpuHasFp32Kernel()) {
    return at::mm(queries, rows.t());
  }
  return MultiplyRows(MultiplyFp32, Fp32Rows(queries.contiguous()), Fp32Rows(rows));
}

}  // namespace

bool RowMatrix::HasBFloat16(c10::Device device) { return device.is_cuda() || CpuHasBf16Kernel(); }

RowMatrix::RowMatrix(const at::Tensor& rows, Precision precision, c10::Device device)
    : row_count_(rows.size(0)), dim_(rows.size(1)), precision_(precision) {
  if (precision == Precision::kFloat32) {
    packed_ = rows.to(device, at::kFloat, /*non_blocking=*/false, /*copy=*/true).contiguous();
  } else if (device.is_cpu()) {
    TORCH_CHECK(CpuHasBf16Kernel(), "this processor has no AVX512-BF16");
    const at::Tensor host_rows = rows.to(at::kCPU);
    packed_ = PackPadded(host_rows);
    rest_ = PackPadded(host_rows - packed_.narrow(1, 0, dim_).to(at::kFloat));
  } else {
    packed_ = rows.to(device, at::kBFloat16).contiguous();
  }
}

at::Tensor RowMatrix::InnerProducts(const at::Tensor& queries, int64_t first, int64_t count) const {
  TORCH_CHECK(queries.dim() == 2 && queries.size(1) == dim_, "queries have shape ", queries.sizes(),
              ", expected [B, ", dim_, "]");
  const at::Tensor rows = packed_.narrow(0, first, count);
  if (precision_ == Precision::kFloat32) return MultiplyFloat32(queries, rows);
  if (rows.is_cpu())
    return MultiplyRows(MultiplyBf16, Bf16Rows(PackPadded(queries)), Bf16Rows(rows));
  return at::mm(queries.to(at::kBFloat16), rows.t()).to(at::kFloat);
}

at::Tensor RowMatrix::PackQueries(const at::Tensor& queries) const {
  TORCH_CHECK(packed_.is_cpu() && queries.dim() == 2 && queries.size(1) == dim_,
              "queries have shape ", queries.sizes(), ", expected [B, ", dim_, "] on the CPU");
  return precision_ == Precision::kFloat32 ? queries.contiguous() : PackPadded(queries);
}

void RowMatrix::MultiplyRange(const at::Tensor& packed_queries, int64_t q, int64_t first,
                              int64_t count, float* out) const {
  const int64_t dim = packed_.size(1);
  if (precision_ == Precision::kBFloat16) {
    const Bf16Operand queries = Bf16Rows(packed_queries), rows = Bf16Rows(packed_);
    MultiplyBf16({queries.data + q * dim, 1, dim}, {rows.data + first * dim, count, dim}, out,
                 count);
    return;
  }
  const Fp32Operand queries = Fp32Rows(packed_queries), rows = Fp32Rows(packed_);
  const float* query = queries.data + q * dim;
  if (CpuHasFp32Kernel()) {
    MultiplyFp32({query, 1, dim}, {rows.data + first * dim, count, dim}, out, count);
    return;
  }
  for (int64_t i = 0; i < count; ++i) {
    out[i] = std::inner_product(query, query + dim, rows.data + (first + i) * dim, 0.0F);
  }
}

at::Tensor RowMatrix::ExactInnerProducts(const at::Tensor& query, const at::Tensor& rows) const {
  TORCH_CHECK(has_exact(), "these rows hold no more than they are multiplied with");
  const at::Tensor exact =
      packed_.index_select(0, rows).to(at::kFloat) + rest_.index_select(0, rows).to(at::kFloat);
  return at::mv(exact.narrow(1, 0, dim_), query);
}

}  // namespace provnet
