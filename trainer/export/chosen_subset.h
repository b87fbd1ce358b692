#ifndef PROVNET_TRAINER_EXPORT_CHOSEN_SUBSET_H_
#define PROVNET_TRAINER_EXPORT_CHOSEN_SUBSET_H_

#include <filesystem>
#include <string>

#include "absl/status/statusor.h"
#include "provnet/v1/bundle.pb.h"
#include "trainer/data/dataset.h"
#include "trainer/selection/classifier_scores.h"

namespace provnet {

// The mask of the subset of `whole` that `config` asks for (subset_strategy, subset_fraction,
// seed), for its subset_mask; empty where nothing is chosen by scores. Takes short fits, so the
// mask is kept in `file`, where a run that resumes finds it again; one that was chosen for other
// data, strategy, fraction or seed is chosen anew. CANCELLED when asked to stop.
absl::StatusOr<std::string> ChooseSubsetMask(const v1::TrainingConfig& config, const Dataset& whole,
                                             const std::filesystem::path& file,
                                             const ScoringContext& context);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPORT_CHOSEN_SUBSET_H_
