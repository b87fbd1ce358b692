#ifndef PROVNET_TRAINER_FAITHFULNESS_REMOVAL_CURVE_H_
#define PROVNET_TRAINER_FAITHFULNESS_REMOVAL_CURVE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "trainer/faithfulness/removal.h"

namespace provnet {

// What leaving out a method's highest-scored samples did; one entry for each size.
struct RemovalCurve {
  std::string method;
  // Share of the queries whose prediction differs from the one with all samples.
  std::vector<double> flip_rates;
  // By how much the predicted class's margin fell below that of fits to all samples, mean over the
  // queries and its standard error.
  std::vector<double> margin_drops;
  std::vector<double> margin_drop_errors;
  // Of each query, the smallest size that flipped it, if any.
  std::vector<absl::optional<uint64_t>> smallest_flips;
};

// What networks fitted to all samples say of a query.
struct RemovalBaseline {
  uint32_t predicted = 0;
  double margin = 0;
};

// Of at least one query: `consensus[q][k]` without `sizes[k]` samples, `baselines[q]` with all.
RemovalCurve CurveOf(const std::string& method, const std::vector<uint64_t>& sizes,
                     const std::vector<RemovalBaseline>& baselines,
                     const std::vector<std::vector<Consensus>>& consensus);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_REMOVAL_CURVE_H_
