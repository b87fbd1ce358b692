#ifndef PROVNET_TRAINER_FAITHFULNESS_ATTRIBUTION_H_
#define PROVNET_TRAINER_FAITHFULNESS_ATTRIBUTION_H_

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "trainer/data/dataset.h"
#include "trainer/data/float_matrix.h"

namespace provnet {

// What a method costs beyond the classifier that it explains.
struct AttributionCost {
  // Fits of networks that it needs, the explained one included.
  uint32_t fits = 1;
  // Preparing the training set's side, once, without the fits.
  double prepare_seconds = 0;
  // What is kept of the training set to answer queries.
  uint64_t cache_bytes = 0;
  // Scoring all N samples for one query, in batches of all queries; the query's own forward (and
  // backward) passes included.
  double query_seconds = 0;
};

// How much each of N training samples speaks for each of Q queries' true class, as one method sees
// it: higher is more. Only the order and the proportions within a query mean something.
struct Attribution {
  std::string method;
  FloatMatrix scores;  // [Q, N]
  AttributionCost cost;
};

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

// +1 where query and sample have one label, -1 elsewhere. C is `classes`.
Factor SameLabelSign(const std::vector<uint32_t>& query_labels,
                     const std::vector<uint32_t>& sample_labels, uint32_t classes);

FloatMatrix ToFloatMatrix(const at::Tensor& scores);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_ATTRIBUTION_H_
