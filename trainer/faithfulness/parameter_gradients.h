#ifndef PROVNET_TRAINER_FAITHFULNESS_PARAMETER_GRADIENTS_H_
#define PROVNET_TRAINER_FAITHFULNESS_PARAMETER_GRADIENTS_H_

#include <torch/types.h>

#include <cstdint>

#include "absl/status/statusor.h"
#include "trainer/data/dataset.h"
#include "trainer/network/provenance_network.h"
#include "trainer/training/stop_signal.h"

namespace provnet {

// Numbers in the parameters that the class depends on: all but the index branch's.
int64_t ClassParameterCount(const ProvenanceNetwork& network);

// The gradient by those parameters, in NamedState's order, of each sample's margin ln p / (1 - p),
// times `projection` [parameters, d]: float32 [n, d]. One backward pass a sample, some milliseconds
// each. Sets evaluation mode. CANCELLED when asked to stop; throws what LibTorch throws.
absl::StatusOr<at::Tensor> ProjectedMarginGradients(ProvenanceNetwork& network, const Dataset& data,
                                                    const at::Tensor& projection,
                                                    const StopCondition& stop_requested);

}  // namespace provnet

#endif  // PROVNET_TRAINER_FAITHFULNESS_PARAMETER_GRADIENTS_H_
