#ifndef PROVNET_TRAINER_FAITHFULNESS_SCORE_TERMS_H_
#define PROVNET_TRAINER_FAITHFULNESS_SCORE_TERMS_H_

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "trainer/data/float_matrix.h"

namespace provnet {

// One side of a score that is an inner product: score(q, i) = queries[q] . samples[i].
struct Factor {
  at::Tensor queries;  // float32 [Q, d]
  at::Tensor samples;  // float32 [N, d]
};

// Scores are products of inner products, elementwise, and sums of such products:
// an outer product's inner product, for instance, is a product of two.
using Term = std::vector<Factor>;
at::Tensor SumOfTerms(const std::vector<Term>& terms);

// Bytes of the samples' sides.
uint64_t CacheBytes(const std::vector<Term>& terms);

// Labels below `classes` as float32 [n, classes]: 1 at the label, 0 elsewhere.
at::Tensor OneHotLabels(const std::vector<uint32_t>& labels, uint32_t classes);

// +1 where query and sample have one label, -1 elsewhere.
Factor SameLabelSign(const std::vector<uint32_t>& query_labels,
                     const std::vector<uint32_t>& sample_labels, uint32_t classes);

FloatMatrix ToFloatMatrix(const at::Tensor& scores);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_SCORE_TERMS_H_
