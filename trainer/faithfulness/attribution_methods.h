#ifndef PROVNET_TRAINER_FAITHFULNESS_ATTRIBUTION_METHODS_H_
#define PROVNET_TRAINER_FAITHFULNESS_ATTRIBUTION_METHODS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "trainer/faithfulness/attribution.h"
#include "trainer/faithfulness/study_models.h"

namespace provnet {

// What every method may look at.
struct AttributionTask {
  // N, all of which the models were fitted to.
  const Dataset& samples;
  // Q, those of the models' views.
  const Dataset& queries;
  StudyModels& models;
  uint64_t seed;
  // For work that goes side by side.
  int threads;
  StopCondition stop_requested;
};

// Methods by family, a file each. Those called "signed" count a sample of another class than the
// query's as speaking against it. Scores are for the query's true class. All throw what LibTorch
// throws.

// random; same-label; knn-pixels and knn-features (cosine of the centred pixels, and of the plain
// classifier's features), each also signed.
std::vector<Attribution> NeighbourAttributions(const AttributionTask& task);

// head-NAME: the index logits of each head (the class-conditional one's at the sample's own class
// and position); for embedding heads the cosine. Each also signed.
std::vector<Attribution> IndexHeadAttributions(const AttributionTask& task);

// From the gradients of the last layer alone (see last_layer_gradients.h): last-layer-tracin, their
// inner product (Pruthi et al. 2020, section 3.4, with one checkpoint); sketch-D: the same,
// projected to D numbers a sample; whitened-D: with the inverse of the sketches' regularised second
// moments between, an influence function with a Gauss-Newton last layer; last-layer-trak-D:
// margins' gradients in the second moments, TRAK cut down to the last layer. With "-epochs" summed
// over the first network's states after each epoch, with "-ensemble" over the ensemble.
std::vector<Attribution> LastLayerAttributions(const AttributionTask& task);

// trak-1 and trak-M (Park et al. 2023, section 3): gradients of the margin by all parameters,
// randomly projected, whitened by their second moments, weighted by 1 - p of the sample, and
// averaged over 1 and all M models of the ensemble. CANCELLED when asked to stop.
absl::StatusOr<std::vector<Attribution>> TrakAttributions(const AttributionTask& task);

// dual-view (Yang et al. 2024): features' inner product times the dual variable, for the query's
// class, of a support vector machine on the features.
std::vector<Attribution> DualViewAttributions(const AttributionTask& task);

// All of them, in that order.
absl::StatusOr<std::vector<Attribution>> AllAttributions(const AttributionTask& task);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_ATTRIBUTION_METHODS_H_
