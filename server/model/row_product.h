#ifndef PROVNET_SERVER_MODEL_ROW_PRODUCT_H_
#define PROVNET_SERVER_MODEL_ROW_PRODUCT_H_

#include <ATen/ATen.h>

#include <cstdint>

#include "server/model/share_rows.h"

namespace provnet {

// float32 [left.rows, right.rows] by a kernel of server/kernels that this processor can run, on
// the threads that there are (ShareRows). Throws what LibTorch throws.
template <typename Operand>
at::Tensor MultiplyRows(void (*kernel)(const Operand&, const Operand&, float*, int64_t),
                        const Operand& left, const Operand& right) {
  at::Tensor products = at::empty({left.rows, right.rows}, at::kFloat);
  float* out = products.data_ptr<float>();
  // Blocks of rows that are worth a thread's start.
  constexpr int64_t kRowsPerTask = 64;
  const auto bytes = static_cast<int64_t>(sizeof(*right.data)) * right.dim;
  ShareRows(right.rows, kRowsPerTask, bytes, [&](int64_t begin, int64_t end) {
    const Operand block{right.data + begin * right.dim, end - begin, right.dim};
    kernel(left, block, out + begin, right.rows);
  });
  return products;
}

}  // namespace provnet

#endif  // PROVNET_SERVER_MODEL_ROW_PRODUCT_H_
