#ifndef PROVNET_TRAINER_FAITHFULNESS_REMOVAL_RETRAINS_H_
#define PROVNET_TRAINER_FAITHFULNESS_REMOVAL_RETRAINS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "trainer/faithfulness/attribution.h"
#include "trainer/faithfulness/removal_curve.h"
#include "trainer/faithfulness/retraining.h"
#include "trainer/faithfulness/study_settings.h"

namespace provnet {

// The queries of a removal study, whose true class is what networks fitted to all samples predict.
struct RemovalQueries {
  const Dataset& data;
  // The row of `data`'s first image in the methods' scores.
  uint64_t first_score_row;
};

// The control: groups of `removal_fits` fits to all samples.
struct RemovalControl {
  // Share of groups and queries whose consensus is not the true class.
  double flip_rate = 0;
  // Of each query: its true class, and the margin averaged over the groups.
  std::vector<RemovalBaseline> baselines;
};
absl::StatusOr<RemovalControl> FitRemovalControl(const RetrainContext& context,
                                                 const RemovalQueries& queries,
                                                 const StudySettings& settings, uint64_t seed);

// Leaves out what each of `methods` scores highest, and, as the first curve, "random-same-label":
// random samples of the query's class.
absl::StatusOr<std::vector<RemovalCurve>> FitRemovals(
    const RetrainContext& context, const RemovalQueries& queries, const RemovalControl& control,
    const std::vector<const Attribution*>& methods, const StudySettings& settings, uint64_t seed);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_REMOVAL_RETRAINS_H_
