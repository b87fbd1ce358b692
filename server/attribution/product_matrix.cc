#include "server/attribution/product_matrix.h"

#include "server/attribution/panel_matrix.h"
#include "server/attribution/row_matrix.h"

namespace provnet {

std::unique_ptr<const ProductMatrix> PackRows(const at::Tensor& rows, Precision precision,
                                              c10::Device device) {
  if (device.is_cpu() && PanelMatrix::CanMultiply(precision)) {
    return std::make_unique<const PanelMatrix>(rows.to(device), precision);
  }
  return std::make_unique<const RowMatrix>(rows, precision, device);
}

}  // namespace provnet
