#ifndef PROVNET_TRAINER_FAITHFULNESS_STUDY_MODELS_H_
#define PROVNET_TRAINER_FAITHFULNESS_STUDY_MODELS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "trainer/faithfulness/plain_classifier.h"
#include "trainer/faithfulness/study_data.h"
#include "trainer/faithfulness/study_settings.h"
#include "trainer/network/provenance_network.h"

namespace provnet {

// What one network, or one of its states, says of training samples and queries.
struct ModelView {
  Outputs samples;  // N
  Outputs queries;  // Q
};

// The networks, fitted to all training samples, that the methods explain or draw on.
struct StudyModels {
  // Plain classifiers of different seeds; the first is the one explained.
  std::vector<ProvenanceNetwork> ensemble;
  std::vector<ModelView> ensemble_views;
  // The first one after each of its epochs.
  std::vector<ModelView> epoch_views;
  // One of each head, of the same backbone.
  std::vector<ProvenanceNetwork> headed;
};

// Fits them side by side; the views are of all that is asked. No dropout: it would be drawn from a
// generator that the threads share. CANCELLED when asked to stop.
absl::StatusOr<StudyModels> FitStudyModels(const StudyData& data, const StudySettings& settings,
                                           uint64_t seed, int threads,
                                           const StopCondition& stop_requested);

// Leaves of each view's queries those at `positions`, in that order.
void KeepQueries(const std::vector<uint64_t>& positions, StudyModels& models);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_STUDY_MODELS_H_
