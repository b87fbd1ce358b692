#ifndef PROVNET_TRAINER_EXPORT_EVALUATION_H_
#define PROVNET_TRAINER_EXPORT_EVALUATION_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "provnet/v1/bundle.pb.h"
#include "server/engine/servable.h"
#include "trainer/data/dataset.h"
#include "trainer/training/stop_signal.h"

namespace provnet {

// `samples` with every image moved by two pixels right, left, down, up or along a diagonal (both
// axes), drawn from `seed` and the image's position.
Dataset ShiftedByTwoPixels(const Dataset& samples, uint64_t seed);

// Shares of images that find a certain training sample: at rank 1, and within the first five ranks.
struct Retrieval {
  double top1 = 0;
  double top5 = 0;
};

// How often `servable` finds sample `expected[i]` for image i. CANCELLED when asked to stop; the
// engine's errors pass.
absl::StatusOr<Retrieval> MeasureRetrieval(const Servable& servable, const Dataset& images,
                                           absl::Span<const uint64_t> expected,
                                           const StopCondition& stop_requested);

// What `servable` makes of labelled images it was not trained on.
struct Classification {
  // Share whose class is right.
  double accuracy = 0;
  // Mean share of the first five samples whose label is the predicted class.
  double label_agreement_top5 = 0;
};

// Errors as above. `test` is not empty.
absl::StatusOr<Classification> MeasureClassification(const Servable& servable, const Dataset& test,
                                                     const StopCondition& stop_requested);

// The samples that `servable` names for each of `images`, best first: `top_k` for each, one image
// after the other. INVALID_ARGUMENT when it holds fewer samples; CANCELLED when asked to stop.
absl::StatusOr<std::vector<uint32_t>> NamedSamples(const Servable& servable, const Dataset& images,
                                                   uint32_t top_k,
                                                   const StopCondition& stop_requested);

// Asks `servable` about every image of `data.test`, and of `data.train` (the samples of the bundle,
// in order) as they are and shifted, and fills the shares of Metrics: what a client of the server
// would see. An image retrieves itself when its own sample index is among the provenance ranks.
// CANCELLED when asked to stop; the engine's errors pass.
absl::StatusOr<v1::Metrics> Evaluate(const Servable& servable, const DatasetPair& data,
                                     uint64_t seed, const StopCondition& stop_requested);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPORT_EVALUATION_H_
