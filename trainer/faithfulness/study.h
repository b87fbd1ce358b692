#ifndef PROVNET_TRAINER_FAITHFULNESS_STUDY_H_
#define PROVNET_TRAINER_FAITHFULNESS_STUDY_H_

#include <cstdint>
#include <filesystem>

#include "absl/status/statusor.h"
#include "trainer/data/dataset.h"
#include "trainer/faithfulness/study_result.h"
#include "trainer/faithfulness/study_settings.h"
#include "trainer/training/progress.h"
#include "trainer/training/stop_signal.h"

namespace provnet {

// What surrounds a study.
struct StudyContext {
  // Everything random is drawn from it.
  uint64_t seed;
  // Fits side by side, one LibTorch thread each.
  int threads;
  // Exists; holds the journal, fits.jsonl.
  std::filesystem::path work_directory;
  ProgressListener& progress;
  StopCondition stop_requested;
};

// Measures how faithful every attribution method is (docs/faithfulness.md): by the linear
// datamodeling score, and by removing what it names. Finished fits to parts of the samples are kept
// in the journal; the fits to all of them and the methods' scores are computed again. Reproducible:
// the same data, settings and seed give the same figures but for times.
//
// INVALID_ARGUMENT when `data` is too small, FAILED_PRECONDITION when the journal is another
// study's, CANCELLED when asked to stop.
absl::StatusOr<StudyResult> RunFaithfulnessStudy(const DatasetPair& data,
                                                 const StudySettings& settings,
                                                 const StudyContext& context);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_STUDY_H_
