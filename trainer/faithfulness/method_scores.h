#ifndef PROVNET_TRAINER_FAITHFULNESS_METHOD_SCORES_H_
#define PROVNET_TRAINER_FAITHFULNESS_METHOD_SCORES_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "trainer/faithfulness/attribution.h"
#include "trainer/faithfulness/study_result.h"
#include "trainer/training/stop_signal.h"

namespace provnet {

// How the methods are judged.
struct JudgeOptions {
  // Bootstraps over the halves, and what they are drawn from.
  uint32_t resamples;
  uint64_t seed;
  // Methods judged side by side.
  int threads;
  StopCondition stop_requested;
};

// Fills `result`'s ceiling, methods, best and leads from the methods' scores of at least as many
// queries as `retrains` has, in its order. There are same-label, last-layer-tracin and a knn-...
// among the methods, and a head or one-pass method. CANCELLED when asked to stop.
absl::Status JudgeMethods(const std::vector<Attribution>& attributions, const Retrains& retrains,
                          const JudgeOptions& options, StudyResult& result);

// The one of that name, which is there.
const Attribution& AttributionNamed(const std::vector<Attribution>& attributions,
                                    absl::string_view method);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_METHOD_SCORES_H_
