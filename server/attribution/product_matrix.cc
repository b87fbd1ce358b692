#include "server/attribution/product_matrix.h"

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

std::unique_ptr<const ProductMatrix> PackRows(const at::Tensor& rows, Precision precision,
                                              c10::Device device) {
  if (device.is_cpu() && PanelMatrix::CanMultiply(precision)) {
    return std::make_unique<const PanelMatrix>(rows.to(device), precision);
  }
  return std::make_unique<const RowMatrix>(rows, precision, device);
}

}  // namespace provnet
