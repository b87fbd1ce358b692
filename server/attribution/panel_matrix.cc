#include "server/attribution/panel_matrix.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <type_traits>

#include "server/kernels/bf16_kernel.h"
#include "server/kernels/bf16_panels.h"
#include "server/kernels/fp32_kernel.h"
#include "server/kernels/fp32_panels.h"
#include "server/model/share_rows.h"
#include "storage/base/background_pace.h"

namespace provnet {
namespace {

static_assert(ProductMatrix::kRangeStep == kPanelRows);

// Panels that are worth a thread's start.
constexpr int64_t kPanelsPerTask = 2;
// Some 1 MB of rows is packed before others get their turn.
constexpr int64_t kWordsAtATime = int64_t{1} << 18;

// Words of a row, those included that only pad it.
int64_t WordsOf(int64_t dim, Precision precision, bool by_tiles) {
  if (precision == Precision::kFloat32) return dim;
  const int64_t in_a_word = precision == Precision::kBFloat16 ? 2 : 4;
  const int64_t words = (dim + in_a_word - 1) / in_a_word;
  return by_tiles ? (words + kTileWords - 1) / kTileWords * kTileWords : words;
}

// Rows of that many words: float32 as it is, or as pairs of bfloat16, padded with zeros. Not for
// int8.
at::Tensor ToWords(const at::Tensor& rows, Precision precision, int64_t words) {
  if (precision == Precision::kFloat32) return rows.contiguous();
  const int64_t dim = rows.size(1), padded = 2 * words;
  at::Tensor rounded = at::empty({rows.size(0), padded}, rows.options().dtype(at::kBFloat16));
  rounded.narrow(1, 0, dim).copy_(rows);
  rounded.narrow(1, dim, padded - dim).zero_();
  return rounded.view(at::kInt);
}

template <typename Word>
Word* Data(const at::Tensor& words) {
  return static_cast<Word*>(words.data_ptr());
}

// Rows as bytes, in that many words, which end with zeros; quantise(values, dim, bytes) rounds each
// and returns what is noted about it.
template <typename Byte, typename Quantise, typename Noted>
at::Tensor ToBytes(const at::Tensor& rows, int64_t words, Quantise quantise,
                   std::vector<Noted>& noted) {
  const at::Tensor values = rows.contiguous();
  const int64_t count = rows.size(0), dim = rows.size(1);
  at::Tensor bytes = at::zeros({count, words}, at::kInt);
  for (int64_t i = 0; i < count; ++i) {
    noted.push_back(quantise(values.data_ptr<float>() + i * dim, dim,
                             reinterpret_cast<Byte*>(bytes.data_ptr<int>() + i * words)));
  }
  return bytes;
}

// Packs `rows` some at a time, as words of which one has `length`: those of few rows are all that
// is there beside what is packed.
template <typename Word, typename ToWords>
at::Tensor Panels(const at::Tensor& rows, int64_t length, ToWords to_words) {
  const int64_t count = rows.size(0);
  at::Tensor panels = at::empty({PanelCount(count), length, kPanelRows},
                                std::is_same_v<Word, float> ? at::kFloat : at::kInt);
  const int64_t step = PanelCount(kWordsAtATime / length + 1) * kPanelRows;
  for (int64_t first = 0; first < count; first += step) {
    const at::Tensor words = to_words(rows.narrow(0, first, std::min(step, count - first)));
    PackPanels(Data<const Word>(words), words.size(0), length, Data<Word>(panels) + first * length);
    YieldToForeground();
  }
  return panels;
}

// Queries as the kernels for panels want them.
template <typename Word>
at::Tensor Packed(const at::Tensor& queries) {
  at::Tensor packed = at::empty_like(queries);
  PackQueries(Data<const Word>(queries), queries.size(0), queries.size(1), Data<Word>(packed));
  return packed;
}

// kernel(product, first, out, out_stride) multiplies with the rows from `first` on.
template <typename Word, typename Kernel>
at::Tensor Multiply(Kernel kernel, const at::Tensor& queries, const Word* panels, int64_t count) {
  const int64_t batch = queries.size(0), length = queries.size(1);
  at::Tensor products = at::empty({batch, count}, at::kFloat);
  float* out = products.data_ptr<float>();
  const auto panel_bytes = static_cast<int64_t>(sizeof(Word)) * length * kPanelRows;
  ShareRows(PanelCount(count), kPanelsPerTask, panel_bytes, [&](int64_t begin, int64_t end) {
    const int64_t first = begin * kPanelRows;
    const int64_t rows = std::min(end * kPanelRows, count) - first;
    kernel(
        PanelProduct<Word>{Data<const Word>(queries), batch, panels + first * length, rows, length},
        first, out + first, count);
  });
  return products;
}

}  // namespace

bool PanelMatrix::CanMultiply(Precision precision) {
  return CpuHasFp32Kernel() && (precision != Precision::kBFloat16 || CpuHasBf16Kernel()) &&
         (precision != Precision::kInt8 || CpuHasInt8Kernel());
}

PanelMatrix::PanelMatrix(const at::Tensor& rows, Precision precision, bool by_tiles)
    : precision_(precision),
      by_tiles_(by_tiles),
      row_count_(rows.size(0)),
      dim_(rows.size(1)),
      words_(WordsOf(dim_, precision, by_tiles)) {
  TORCH_CHECK(CanMultiply(precision), "this processor has no AVX-512 for this precision");
  if (precision == Precision::kInt8) int8_rows_.reserve(static_cast<size_t>(row_count_));
  const auto to_words = [&](const at::Tensor& some) {
    return precision == Precision::kInt8 ? ToBytes<int8_t>(some, words_, QuantiseRow, int8_rows_)
                                         : ToWords(some, precision, words_);
  };
  if (precision == Precision::kFloat32) {
    panels_ = Panels<float>(rows, words_, to_words);
    return;
  }
  exact_ = rows.contiguous();
  panels_ = Panels<uint32_t>(rows, words_, to_words);
}

at::Tensor PanelMatrix::InnerProducts(const at::Tensor& queries, int64_t first,
                                      int64_t count) const {
  TORCH_CHECK(queries.dim() == 2 && queries.size(1) == dim_, "queries have shape ", queries.sizes(),
              ", expected [B, ", dim_, "]");
  TORCH_CHECK(first >= 0 && first % kPanelRows == 0 && count >= 0 && first + count <= row_count_,
              "rows ", first, " to ", first + count, ", expected some of ", row_count_,
              " from a multiple of ", kPanelRows, " on");
  const int64_t offset = first * words_;
  if (precision_ == Precision::kFloat32) {
    const auto kernel = [](const auto& product, int64_t, float* out, int64_t stride) {
      MultiplyFp32Panels(product, out, stride);
    };
    return Multiply(kernel, Packed<float>(ToWords(queries, precision_, words_)),
                    Data<const float>(panels_) + offset, count);
  }
  const auto* panels = Data<const uint32_t>(panels_) + offset;
  const auto laid_out = [this](at::Tensor words) {
    return by_tiles_ ? std::move(words) : Packed<uint32_t>(words);
  };
  if (precision_ == Precision::kBFloat16) {
    const auto multiply = by_tiles_ ? MultiplyBf16Tiles : MultiplyBf16Panels;
    const auto kernel = [multiply](const auto& product, int64_t, float* out, int64_t stride) {
      multiply(product, out, stride);
    };
    return Multiply(kernel, laid_out(ToWords(queries, precision_, words_)), panels, count);
  }
  std::vector<Int8Query> noted;
  noted.reserve(static_cast<size_t>(queries.size(0)));
  const at::Tensor bytes = laid_out(ToBytes<uint8_t>(queries, words_, QuantiseQuery, noted));
  const auto multiply = by_tiles_ ? MultiplyInt8Tiles : MultiplyInt8Panels;
  const auto kernel = [&](const auto& product, int64_t row, float* out, int64_t stride) {
    multiply(product, noted.data(), int8_rows_.data() + first + row, out, stride);
  };
  return Multiply(kernel, bytes, panels, count);
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
