#include "trainer/faithfulness/class_residuals.h"

#include <torch/torch.h>

#include <limits>

namespace provnet {
namespace {

// int64 [n, 1].
at::Tensor Columns(const std::vector<uint32_t>& labels) {
  return at::tensor(std::vector<int64_t>(labels.begin(), labels.end()), at::kLong).unsqueeze(1);
}

// The logits without the true class's.
at::Tensor Others(const at::Tensor& logits, const at::Tensor& columns) {
  return logits.scatter(1, columns, -std::numeric_limits<double>::infinity());
}

}  // namespace

at::Tensor Margins(const at::Tensor& logits, const std::vector<uint32_t>& labels) {
  const at::Tensor columns = Columns(labels);
  return logits.gather(1, columns).squeeze(1) - Others(logits, columns).logsumexp(1);
}

at::Tensor LossPull(const at::Tensor& logits, const std::vector<uint32_t>& labels) {
  const at::Tensor columns = Columns(labels);
  return at::zeros_like(logits).scatter(1, columns, 1.0) - logits.softmax(1);
}

at::Tensor MarginPull(const at::Tensor& logits, const std::vector<uint32_t>& labels) {
  const at::Tensor columns = Columns(labels);
  return at::zeros_like(logits).scatter(1, columns, 1.0) - Others(logits, columns).softmax(1);
}

at::Tensor TrueClassDoubt(const at::Tensor& logits, const std::vector<uint32_t>& labels) {
  // -expm1(log p) keeps what 1 - p would round away.
  return -logits.log_softmax(1).gather(1, Columns(labels)).expm1();
}

}  // namespace provnet
