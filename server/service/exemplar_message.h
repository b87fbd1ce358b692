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

// The parts of an answer that several calls share.

// `probabilities` holds one entry a class.
v1::ClassProbability MakeClassProbability(const Servable& servable,
                                          const std::vector<float>& probabilities,
                                          uint32_t class_id);

// Without its sample; rank 1 is the best.
v1::Exemplar MakeExemplar(const Servable& servable, const ScoredSample& scored, uint32_t rank);

// Puts the sample, or why there is none, into `exemplar` and takes its content off `budget_bytes`.
// RESOURCE_EXHAUSTED stands there when that is not enough.
void SetSample(absl::StatusOr<v1::SampleRecord> sample, const RequestLimits& limits,
               size_t& budget_bytes, v1::Exemplar& exemplar);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_EXEMPLAR_MESSAGE_H_
