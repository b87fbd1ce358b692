#ifndef PROVNET_TRAINER_FAITHFULNESS_HALF_RETRAINS_H_
#define PROVNET_TRAINER_FAITHFULNESS_HALF_RETRAINS_H_

#include "absl/status/statusor.h"
#include "trainer/faithfulness/datamodel_score.h"
#include "trainer/faithfulness/retraining.h"
#include "trainer/faithfulness/study_settings.h"

namespace provnet {

// Draws random halves of the context's samples and measures the `queries`' margins under networks
// fitted to them. More subsets or fits than an earlier run asked for add to that run's.
absl::StatusOr<Retrains> RetrainOnHalves(const RetrainContext& context, const Dataset& queries,
                                         const StudySettings& settings, uint64_t seed);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_HALF_RETRAINS_H_
