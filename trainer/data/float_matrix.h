#ifndef PROVNET_TRAINER_DATA_FLOAT_MATRIX_H_
#define PROVNET_TRAINER_DATA_FLOAT_MATRIX_H_

#include <cstddef>
#include <span>
#include <vector>

namespace provnet {

// Rows of numbers, row-major. A value.
struct FloatMatrix {
  size_t columns = 0;
  std::vector<float> values;

  FloatMatrix() = default;
  FloatMatrix(size_t row_count, size_t column_count)
      : columns(column_count), values(row_count * column_count) {}

  size_t rows() const { return columns == 0 ? 0 : values.size() / columns; }
  std::span<const float> row(size_t i) const { return {values.data() + i * columns, columns}; }
  std::span<float> row(size_t i) { return {values.data() + i * columns, columns}; }
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_DATA_FLOAT_MATRIX_H_
