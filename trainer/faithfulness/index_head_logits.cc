#include "trainer/faithfulness/index_head_logits.h"

#include <torch/torch.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "trainer/data/subset.h"
#include "trainer/faithfulness/plain_classifier.h"
#include "trainer/network/class_positions.h"

namespace provnet {
namespace {

// What stands for a query, given class 0, which only class-conditional heads look at.
at::Tensor QueryVectors(ProvenanceNetwork& network, const at::Tensor& features) {
  return network.Query(features, at::zeros({features.size(0)}, at::kLong));
}

// Row p of the head scores position p inside class c by w_p . f + u_p(c) + b_p. So a sample of
// class c at position p has the row [w_p, u_p(c) + b_p] against [f, 1].
Factor ClassConditionalLogits(ProvenanceNetwork& network, const Dataset& samples,
                              const at::Tensor& query_features) {
  const int64_t dim = BranchDim(network.spec());
  const ClassPositions positions = NumberWithinClasses(samples.labels, network.spec().classes);
  const at::Tensor rows = network.Rows().index_select(0, at::tensor(positions.position, at::kLong));
  const at::Tensor label =
      at::tensor(std::vector<int64_t>(samples.labels.begin(), samples.labels.end()), at::kLong);
  const at::Tensor of_class =
      rows.narrow(1, dim, network.spec().classes).gather(1, label.unsqueeze(1));
  const at::Tensor bias = rows.narrow(1, rows.size(1) - 1, 1);
  const at::Tensor features = QueryVectors(network, query_features).narrow(1, 0, dim);
  return {at::cat({features, at::ones({features.size(0), 1})}, 1),
          at::cat({rows.narrow(1, 0, dim), of_class + bias}, 1)};
}

}  // namespace

std::string IndexHeadMethod(v1::HeadType head) {
  // HEAD_TYPE_CLASS_CONDITIONAL
  const std::string name = v1::HeadType_Name(head).substr(sizeof("HEAD_TYPE_") - 1);
  return absl::StrCat("head-", absl::StrReplaceAll(absl::AsciiStrToLower(name), {{"_", "-"}}));
}

Factor IndexHeadLogits(ProvenanceNetwork& network, const Dataset& samples,
                       const at::Tensor& query_features) {
  torch::NoGradGuard no_gradient;
  switch (network.spec().head) {
    case v1::HEAD_TYPE_CLASS_CONDITIONAL:
      return ClassConditionalLogits(network, samples, query_features);
    case v1::HEAD_TYPE_EMBEDDING:
      return {QueryVectors(network, query_features),
              QueryVectors(network, OutputsFor(network, samples).features)};
    default:
      return {QueryVectors(network, query_features), network.Rows()};
  }
}

double OwnSampleFirst(ProvenanceNetwork& network, const Dataset& samples, uint64_t count) {
  torch::NoGradGuard no_gradient;
  std::vector<uint64_t> first(std::min<uint64_t>(count, samples.size()));
  std::iota(first.begin(), first.end(), uint64_t{0});
  const Dataset asked = Select(samples, first);
  const Factor logits = IndexHeadLogits(network, samples, OutputsFor(network, asked).features);
  const Factor same = SameLabelSign(asked.labels, samples.labels, network.spec().classes);
  const at::Tensor scores =
      SumOfTerms({{logits}})
          .masked_fill(SumOfTerms({{same}}) < 0, -std::numeric_limits<double>::infinity());
  const at::Tensor own = at::arange(static_cast<int64_t>(first.size()));
  return scores.argmax(1).eq(own).to(at::kDouble).mean().item<double>();
}

}  // namespace provnet
