#include "trainer/faithfulness/score_terms.h"

#include <torch/torch.h>

namespace provnet {

at::Tensor SumOfTerms(const std::vector<Term>& terms) {
  torch::NoGradGuard no_gradient;
  at::Tensor sum;
  for (const Term& term : terms) {
    at::Tensor product;
    for (const Factor& factor : term) {
      const at::Tensor inner = factor.queries.matmul(factor.samples.t());
      product = product.defined() ? product.mul_(inner) : inner;
    }
    sum = sum.defined() ? sum.add_(product) : product;
  }
  return sum;
}

uint64_t CacheBytes(const std::vector<Term>& terms) {
  uint64_t bytes = 0;
  for (const Term& term : terms) {
    for (const Factor& factor : term) bytes += factor.samples.nbytes();
  }
  return bytes;
}

at::Tensor OneHotLabels(const std::vector<uint32_t>& labels, uint32_t classes) {
  const at::Tensor ids = at::tensor(std::vector<int64_t>(labels.begin(), labels.end()), at::kLong);
  return at::one_hot(ids, classes).to(at::kFloat);
}

Factor SameLabelSign(const std::vector<uint32_t>& query_labels,
                     const std::vector<uint32_t>& sample_labels, uint32_t classes) {
  return {OneHotLabels(query_labels, classes) * 2 - 1, OneHotLabels(sample_labels, classes)};
}

FloatMatrix ToFloatMatrix(const at::Tensor& scores) {
  const at::Tensor dense = scores.to(at::kFloat).contiguous();
  FloatMatrix matrix;
  matrix.columns = static_cast<size_t>(dense.size(1));
  matrix.values.assign(dense.data_ptr<float>(), dense.data_ptr<float>() + dense.numel());
  return matrix;
}

}  // namespace provnet
