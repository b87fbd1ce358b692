#ifndef PROVNET_TRAINER_SEARCH_CELL_BUILDER_H_
#define PROVNET_TRAINER_SEARCH_CELL_BUILDER_H_

#include <torch/script.h>

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "server/attribution/cell_search.h"

namespace provnet {

// Cells together with how many of them a search is to read, and how good it is then.
struct BuiltCells {
  Cells cells;
  uint32_t probes = 0;
  // Of the ten largest logits of a query, the share that is found; mean over the queries.
  double recall_at_10 = 0;
  // Mean of |score / exact score - 1| over the best sample of each query.
  double score_error = 0;
};

// Divides the unit vectors `rows` (float32 [N,d]) into cells of some 256 samples by spherical
// k-means, and finds the fewest probes with which `queries` (float32 [Q,d], of images that were not
// trained on) reach a recall of 0.99 and a margin for other queries. None where only reading half
// of all cells would do. `scale` is the factor on inner products. Time: some 30 N^2 d / 256
// multiply-adds up to N = 10^6 or so.
absl::StatusOr<std::optional<BuiltCells>> BuildCells(const at::Tensor& rows,
                                                     const at::Tensor& queries, float scale,
                                                     uint64_t seed);

}  // namespace provnet

#endif  // PROVNET_TRAINER_SEARCH_CELL_BUILDER_H_
