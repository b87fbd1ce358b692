#ifndef PROVNET_SERVER_KERNELS_PANELS_H_
#define PROVNET_SERVER_KERNELS_PANELS_H_

#include <algorithm>
#include <cstdint>

namespace provnet {

// The layouts in which fp32_panels.h, bf16_panels.h and int8_panels.h multiply. A word is one
// float32, or two neighbouring bfloat16 of a row or four bytes, the first in its lowest bits; rows
// have a whole number of words.
//
// The matrix is cut into panels of 48 rows (columns of the product), each of which lies word by
// word: [panels, words, 48], the last padded with zeros. So three vector registers hold a word of
// each row of a panel. Queries are cut into blocks of 8, the last of which may be smaller, and lie
// in the same manner: [blocks, words, queries of the block].
inline constexpr int64_t kPanelRows = 48;
inline constexpr int64_t kQueryBlock = 8;

inline int64_t PanelCount(int64_t rows) { return (rows + kPanelRows - 1) / kPanelRows; }

// `rows` is [count, words]; writes PanelCount(count) * words * kPanelRows words.
template <typename Word>
void PackPanels(const Word* rows, int64_t count, int64_t words, Word* panels) {
  for (int64_t first = 0; first < count; first += kPanelRows) {
    Word* panel = panels + first * words;
    const int64_t size = std::min(kPanelRows, count - first);
    if (size < kPanelRows) std::fill(panel, panel + kPanelRows * words, Word{});
    for (int64_t m = 0; m < size; ++m) {
      const Word* row = rows + (first + m) * words;
      for (int64_t w = 0; w < words; ++w) panel[w * kPanelRows + m] = row[w];
    }
  }
}

// `queries` is [count, words]; writes as many.
template <typename Word>
void PackQueries(const Word* queries, int64_t count, int64_t words, Word* packed) {
  for (int64_t first = 0; first < count; first += kQueryBlock) {
    Word* block = packed + first * words;
    const int64_t size = std::min(kQueryBlock, count - first);
    for (int64_t b = 0; b < size; ++b) {
      const Word* query = queries + (first + b) * words;
      for (int64_t w = 0; w < words; ++w) block[w * size + b] = query[w];
    }
  }
}

// What is multiplied with what: packed queries, and the panels of some rows from the first of a
// panel on.
template <typename Word>
struct PanelProduct {
  const Word* queries;
  int64_t query_count;
  const Word* panels;
  int64_t row_count;
  // Of a row; at least 1.
  int64_t words;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_KERNELS_PANELS_H_
