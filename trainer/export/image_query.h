#ifndef PROVNET_TRAINER_EXPORT_IMAGE_QUERY_H_
#define PROVNET_TRAINER_EXPORT_IMAGE_QUERY_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "server/engine/servable.h"
#include "trainer/data/dataset.h"
#include "trainer/training/stop_signal.h"

namespace provnet {

// What is to be asked about image `i`; its input is filled in by AskAboutImages.
using MakeQuery = std::function<ExplainQuery(size_t i)>;

// Asks `servable` about the images at `positions`, in batches, and calls `visit` with each position
// and its answer. CANCELLED when asked to stop; the engine's errors pass.
absl::Status AskAboutImages(const Servable& servable, const Dataset& images,
                            absl::Span<const uint64_t> positions, const MakeQuery& make_query,
                            const StopCondition& stop_requested,
                            const std::function<void(size_t, const Explanation&)>& visit);

// The same about all images.
absl::Status AskAboutImages(const Servable& servable, const Dataset& images,
                            const MakeQuery& make_query, const StopCondition& stop_requested,
                            const std::function<void(size_t, const Explanation&)>& visit);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPORT_IMAGE_QUERY_H_
