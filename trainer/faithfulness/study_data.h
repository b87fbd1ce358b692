#ifndef PROVNET_TRAINER_FAITHFULNESS_STUDY_DATA_H_
#define PROVNET_TRAINER_FAITHFULNESS_STUDY_DATA_H_

#include "absl/status/statusor.h"
#include "trainer/data/dataset.h"
#include "trainer/faithfulness/study_settings.h"

namespace provnet {

// What a study works on.
struct StudyData {
  // N training samples.
  Dataset samples;
  // Test samples: the Q queries of the linear datamodeling score, then the pool from which those
  // of the removals are chosen.
  Dataset asked;
};

// Draws both from `seed`. INVALID_ARGUMENT when `data` has too few samples.
absl::StatusOr<StudyData> DrawStudyData(const DatasetPair& data, const StudySettings& settings,
                                        uint64_t seed);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_STUDY_DATA_H_
