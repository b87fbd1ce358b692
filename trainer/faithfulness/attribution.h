#ifndef PROVNET_TRAINER_FAITHFULNESS_ATTRIBUTION_H_
#define PROVNET_TRAINER_FAITHFULNESS_ATTRIBUTION_H_

#include <cstdint>
#include <string>

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

// What a method is in the comparison.
enum class MethodRole {
  // A head that ProvNet serves.
  kHead,
  // What a head could serve: one forward pass of one network, then a search by inner product over
  // one vector a sample.
  kOnePass,
  // Known methods, and what costs more.
  kReference,
};

// How much each of N training samples speaks for each of Q queries' true class, as one method sees
// it: higher is more. Only the order and the proportions within a query mean something.
struct Attribution {
  // Lower-case words joined by hyphens.
  std::string method;
  MethodRole role = MethodRole::kReference;
  FloatMatrix scores;  // [Q, N]
  AttributionCost cost;
};

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_ATTRIBUTION_H_
