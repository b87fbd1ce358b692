#ifndef PROVNET_TRAINER_FAITHFULNESS_PLAIN_CLASSIFIER_H_
#define PROVNET_TRAINER_FAITHFULNESS_PLAIN_CLASSIFIER_H_

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "trainer/data/dataset.h"
#include "trainer/network/provenance_network.h"
#include "trainer/training/stop_signal.h"
#include "trainer/training/training_options.h"

namespace provnet {

// How the networks of the study are fitted: the tiny backbone, class loss alone, no views and no
// dropout, so that a fit takes seconds and depends on data and seed alone.
TrainingOptions PlainOptions(uint32_t epochs, uint64_t seed);

// Sees the network after each epoch, counted from 0.
using EpochObserver = std::function<absl::Status(ProvenanceNetwork&, uint32_t)>;

// A network fitted to `data`, in evaluation mode. Without a progress display and checkpoint: it
// takes seconds. CANCELLED when asked to stop.
absl::StatusOr<ProvenanceNetwork> FitQuietly(const Dataset& data, const TrainingOptions& options,
                                             const StopCondition& stop_requested,
                                             const EpochObserver& observer = nullptr);

// What a network thinks of n samples, float32.
struct Outputs {
  at::Tensor features;  // [n, D]
  at::Tensor logits;    // [n, C]
};
Outputs OutputsFor(ProvenanceNetwork& network, const Dataset& samples);

// ln p - ln(1 - p) of each sample's true class, from class logits [n, C]; finite for finite logits.
// Above 0 exactly where the class has more probability than all others together.
std::vector<float> TrueClassMargins(const at::Tensor& logits, const std::vector<uint32_t>& labels);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_PLAIN_CLASSIFIER_H_
