#ifndef PROVNET_SERVER_SERVICE_EXEMPLAR_MESSAGE_H_
#define PROVNET_SERVER_SERVICE_EXEMPLAR_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "provnet/v1/provenance_service.pb.h"
#include "server/engine/servable.h"
#include "server/service/request_limits.h"

namespace provnet {

// Fill in the parts of an answer that several calls share, which were empty before.

// `probabilities` holds one entry a class.
void SetClassProbability(const Servable& servable, const std::vector<float>& probabilities,
                         uint32_t class_id, v1::ClassProbability& message);

// Without its sample; rank 1 is the best.
void SetExemplar(const Servable& servable, const ScoredSample& scored, uint32_t rank,
                 v1::Exemplar& exemplar);

// Puts the sample, or why there is none, into `exemplar` and takes its content off `budget_bytes`.
// RESOURCE_EXHAUSTED stands there when that is not enough.
void SetSample(absl::StatusOr<v1::SampleRecord> sample, const RequestLimits& limits,
               size_t& budget_bytes, v1::Exemplar& exemplar);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_EXEMPLAR_MESSAGE_H_
