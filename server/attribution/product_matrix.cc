#include "server/attribution/product_matrix.h"

#include <algorithm>

#include "server/attribution/panel_matrix.h"
#include "server/attribution/row_matrix.h"

namespace provnet {

const char* PrecisionName(Precision precision) {
  switch (precision) {
    case Precision::kFloat32:
      return "fp32";
    case Precision::kBFloat16:
      return "bf16";
    case Precision::kInt8:
      return "int8";
  }
  __builtin_unreachable();
}

void ProductMatrix::VisitInnerProducts(
    const at::Tensor& queries, int64_t count,
    absl::FunctionRef<void(int64_t first, at::Tensor products)> visit) const {
  const int64_t products = queries.is_cpu() ? kBlockProducts : kBlockProductsOnDevice;
  const int64_t steps = products / std::max<int64_t>(queries.size(0), 1) / kRangeStep;
  const int64_t rows = std::max<int64_t>(steps, 1) * kRangeStep;
  for (int64_t first = 0; first < count; first += rows)
    visit(first, InnerProducts(queries, first, std::min(rows, count - first)));
}

std::unique_ptr<const ProductMatrix> PackRows(const at::Tensor& rows, Precision precision,
                                              c10::Device device) {
  if (device.is_cpu() && PanelMatrix::CanMultiply(precision)) {
    return std::make_unique<const PanelMatrix>(rows.to(device), precision);
  }
  return std::make_unique<const RowMatrix>(rows, precision, device);
}

}  // namespace provnet
