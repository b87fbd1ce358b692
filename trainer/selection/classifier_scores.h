#ifndef PROVNET_TRAINER_SELECTION_CLASSIFIER_SCORES_H_
#define PROVNET_TRAINER_SELECTION_CLASSIFIER_SCORES_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "trainer/data/dataset.h"
#include "trainer/data/float_matrix.h"
#include "trainer/training/progress.h"
#include "trainer/training/stop_signal.h"
#include "trainer/training/training_options.h"

namespace provnet {

// The short fits that a choice of samples goes by. A small network chooses nearly as well as a
// large one (Coleman et al. 2020, "Selection via Proxy", section 4), so it is the tiny plain
// classifier.
struct ScoringOptions {
  // Its options, PlainOptions(epochs, seed).
  uint64_t seed = 1;
  uint32_t epochs = 10;
  // EL2N: fits that are averaged, and the early epoch after which each is asked.
  uint32_t el2n_fits = 3;
  uint32_t el2n_epoch = 3;
};

// What surrounds the fits; used on the calling thread.
struct ScoringContext {
  ProgressListener& progress;
  StopCondition stop_requested;
};

// All functions: one row or number a sample of `data`, in order, the same each time with one number
// of LibTorch threads; CANCELLED when asked to stop; Train's errors pass.

// The features of the fitted network, [N, D].
absl::StatusOr<FloatMatrix> ClassifierFeatures(const Dataset& data, const ScoringOptions& options,
                                               const ScoringContext& context);

// The EL2N score (Paul et al. 2021, "Deep Learning on a Data Diet", definition 2.3): the length of
// softmax(logits) - onehot(label) early in training, averaged over fits from different initial
// values.
absl::StatusOr<std::vector<float>> El2nScores(const Dataset& data, const ScoringOptions& options,
                                              const ScoringContext& context);

// Forgetting events (Toneva et al. 2019, section 2): how often a sample that was classified rightly
// after one epoch was wrong after the next; a sample that never was right counts as forgotten more
// often than any other. The paper looks at each sample when its batch is trained; we, at all of
// them after each epoch, which costs a forward pass more and compares all by the same weights.
absl::StatusOr<std::vector<float>> ForgettingScores(const Dataset& data,
                                                    const ScoringOptions& options,
                                                    const ScoringContext& context);

}  // namespace provnet

#endif  // PROVNET_TRAINER_SELECTION_CLASSIFIER_SCORES_H_
