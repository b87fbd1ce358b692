#include "server/attribution/panel_matrix.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>

#include "server/kernels/bf16_kernel.h"
#include "server/kernels/bf16_panels.h"
#include "server/kernels/fp32_kernel.h"
#include "server/kernels/fp32_panels.h"

namespace provnet {
namespace {

static_assert(ProductMatrix::kRangeStep == kPanelRows);

// Panels that are worth a thread's start.
constexpr int64_t kPanelsPerTask = 2;

int64_t WordsOf(int64_t dim, Precision precision) {
  return precision == Precision::kFloat32 ? dim : (dim + 1) / 2;
}

// Rows of whole words: float32 as it is, or as pairs of bfloat16 (the last one of an odd row beside
// a zero).
at::Tensor ToWords(const at::Tensor& rows, Precision precision) {
  if (precision == Precision::kFloat32) return rows.contiguous();
  at::Tensor rounded = at::empty({rows.size(0), 2 * WordsOf(rows.size(1), precision)},
                                 rows.options().dtype(at::kBFloat16));
  rounded.narrow(1, 0, rows.size(1)).copy_(rows);
  if (rows.size(1) % 2 == 1) rounded.select(1, rows.size(1)).zero_();
  return rounded.view(at::kInt);
}

template <typename Word>
Word* Data(const at::Tensor& words) {
  return static_cast<Word*>(words.data_ptr());
}

template <typename Word>
at::Tensor Panels(const at::Tensor& words) {
  const int64_t rows = words.size(0), length = words.size(1);
  at::Tensor panels = at::empty({PanelCount(rows), length, kPanelRows}, words.options());
  PackPanels(Data<const Word>(words), rows, length, Data<Word>(panels));
  return panels;
}

template <typename Word>
at::Tensor Multiply(void (*kernel)(const PanelProduct<Word>&, float*, int64_t),
                    const at::Tensor& queries, const Word* panels, int64_t count) {
  const int64_t batch = queries.size(0), length = queries.size(1);
  const at::Tensor packed = at::empty_like(queries);
  PackQueries(Data<const Word>(queries), batch, length, Data<Word>(packed));
  at::Tensor products = at::empty({batch, count}, at::kFloat);
  float* out = products.data_ptr<float>();
  at::parallel_for(0, PanelCount(count), kPanelsPerTask, [&](int64_t begin, int64_t end) {
    const int64_t first = begin * kPanelRows;
    const int64_t rows = std::min(end * kPanelRows, count) - first;
    kernel({Data<const Word>(packed), batch, panels + first * length, rows, length}, out + first,
           count);
  });
  return products;
}

}  // namespace

bool PanelMatrix::CanMultiply(Precision precision) {
  return precision == Precision::kFloat32 ? CpuHasFp32Kernel()
                                          : CpuHasBf16Kernel() && CpuHasFp32Kernel();
}

PanelMatrix::PanelMatrix(const at::Tensor& rows, Precision precision)
    : precision_(precision),
      row_count_(rows.size(0)),
      dim_(rows.size(1)),
      words_(WordsOf(dim_, precision)) {
  TORCH_CHECK(CanMultiply(precision), "this processor has no AVX-512 for this precision");
  const at::Tensor words = ToWords(rows, precision);
  if (precision == Precision::kFloat32) {
    panels_ = Panels<float>(words);
  } else {
    panels_ = Panels<uint32_t>(words);
    exact_ = rows.contiguous();
  }
}

at::Tensor PanelMatrix::InnerProducts(const at::Tensor& queries, int64_t first,
                                      int64_t count) const {
  TORCH_CHECK(queries.dim() == 2 && queries.size(1) == dim_, "queries have shape ", queries.sizes(),
              ", expected [B, ", dim_, "]");
  TORCH_CHECK(first >= 0 && first % kPanelRows == 0 && count >= 0 && first + count <= row_count_,
              "rows ", first, " to ", first + count, ", expected some of ", row_count_,
              " from a multiple of ", kPanelRows, " on");
  const at::Tensor words = ToWords(queries, precision_);
  const int64_t offset = first * words_;
  if (precision_ == Precision::kFloat32) {
    return Multiply<float>(MultiplyFp32Panels, words, Data<const float>(panels_) + offset, count);
  }
  return Multiply<uint32_t>(MultiplyBf16Panels, words, Data<const uint32_t>(panels_) + offset,
                            count);
}

at::Tensor PanelMatrix::ExactInnerProducts(const at::Tensor& query, const at::Tensor& rows) const {
  TORCH_CHECK(has_exact(), "these rows hold no more than they are multiplied with");
  TORCH_CHECK(query.dim() == 1 && query.size(0) == dim_, "the query has shape ", query.sizes(),
              ", expected [", dim_, "]");
  const at::Tensor whole = query.contiguous();
  at::Tensor products = at::empty(rows.sizes(), at::kFloat);
  const Fp32Operand left{whole.data_ptr<float>(), 1, dim_};
  for (int64_t i = 0; i < rows.numel(); ++i) {
    const int64_t row = rows.data_ptr<int64_t>()[i];
    TORCH_CHECK(row >= 0 && row < row_count_, "row ", row, " of ", row_count_);
    MultiplyFp32(left, {exact_.data_ptr<float>() + row * dim_, 1, dim_},
                 products.data_ptr<float>() + i, 1);
  }
  return products;
}

}  // namespace provnet
