#ifndef PROVNET_SERVER_SERVICE_MEMBERSHIP_CODEC_H_
#define PROVNET_SERVER_SERVICE_MEMBERSHIP_CODEC_H_

#include "absl/status/statusor.h"
#include "provnet/v1/provenance_service.pb.h"
#include "server/engine/servable.h"
#include "server/service/request_limits.h"

namespace provnet {

// A validated CheckMembershipRequest: what the engine is asked, and at which rate the caller wants
// to decide.
struct MembershipPlan {
  ExplainQuery query;
  double false_positive_rate = 0;
};

// FAILED_PRECONDITION when the bundle has no reference set, with what to do. INVALID_ARGUMENT names
// the field, its value and the bound.
absl::StatusOr<MembershipPlan> ParseMembershipRequest(const v1::CheckMembershipRequest& request,
                                                      const Servable& servable,
                                                      const RequestLimits& limits);

// Fills in the answer on the wire; `response` was empty. `answer` is the engine's to `plan`'s
// query; `labelled` says whether that named a label.
void FillMembershipResponse(Explanation answer, bool labelled, double false_positive_rate,
                            const Servable& servable, const RequestLimits& limits,
                            v1::CheckMembershipResponse& response);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_MEMBERSHIP_CODEC_H_
