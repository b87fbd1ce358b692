#ifndef PROVNET_TRAINER_EXPORT_IMAGE_VECTORS_H_
#define PROVNET_TRAINER_EXPORT_IMAGE_VECTORS_H_

#include <torch/script.h>

#include <cstdint>

#include "absl/status/statusor.h"
#include "trainer/data/dataset.h"
#include "trainer/network/provenance_network.h"

namespace provnet {

// The vectors of the first `count` of `images` under an embedding network, which is left in
// evaluation mode: float32 [count,d], unit rows.
absl::StatusOr<at::Tensor> ImageVectors(ProvenanceNetwork& network, const Dataset& images,
                                        uint64_t count);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPORT_IMAGE_VECTORS_H_
