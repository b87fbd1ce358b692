#ifndef PROVNET_TRAINER_EXPERIMENTS_FAITHFULNESS_REPORT_H_
#define PROVNET_TRAINER_EXPERIMENTS_FAITHFULNESS_REPORT_H_

#include "trainer/experiments/experiment.h"
#include "trainer/faithfulness/study_result.h"

namespace provnet {

// A study's tables, plots and notes, the verdict first.
//
// Metrics, METHOD with underscores for hyphens and K a number of samples: lds_METHOD with _low and
// _high, lds_ceiling, seed_to_seed, reliability, accuracy, lead_over_METHOD with _low and _high,
// flip_rate_at_K_METHOD, margin_drop_at_K_METHOD, flip_rate_plain (nothing removed),
// own_sample_first_METHOD, and costs: fits_METHOD, prepare_seconds_METHOD, cache_bytes_METHOD,
// query_seconds_METHOD.
ExperimentResult FaithfulnessReport(const StudyResult& found);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_FAITHFULNESS_REPORT_H_
