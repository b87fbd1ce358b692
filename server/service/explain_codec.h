#ifndef PROVNET_SERVER_SERVICE_EXPLAIN_CODEC_H_
#define PROVNET_SERVER_SERVICE_EXPLAIN_CODEC_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "provnet/v1/provenance_service.pb.h"
#include "server/engine/servable.h"
#include "server/service/request_limits.h"

namespace provnet {

// A validated ExplainRequest: what the engine is asked, and how the answer is to be shown.
struct ExplainPlan {
  ExplainQuery query;
  // 0 .. classes.
  uint32_t class_probability_count = 0;
};

// INVALID_ARGUMENT names the field, its value and the bound.
absl::StatusOr<ExplainPlan> ParseExplainRequest(const v1::ExplainRequest& request,
                                                const Servable& servable,
                                                const RequestLimits& limits);

// Fills in the answer on the wire; `response` was empty. Samples that could not be read carry an
// error in their place, as do those (RESOURCE_EXHAUSTED) whose contents would exceed
// limits.max_content_bytes in total.
void FillExplainResponse(Explanation explanation, uint32_t class_probability_count,
                         const Servable& servable, const RequestLimits& limits,
                         v1::ExplainResponse& response);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_EXPLAIN_CODEC_H_
