#ifndef PROVNET_SERVER_SERVICE_DISCLOSURE_RECORD_H_
#define PROVNET_SERVER_SERVICE_DISCLOSURE_RECORD_H_

#include <string>

#include "absl/status/status.h"
#include "provnet/v1/provenance_service.pb.h"
#include "server/security/audit_log.h"
#include "server/service/caller.h"

namespace provnet {

// Records what an answer, as it will be sent, shows of the training set. Unless OK the answer must
// not be sent. Nothing is recorded where `permit` asks for no record, or where nothing is shown.
absl::Status RecordDisclosure(const Permit& permit, const v1::ExplainResponse& response);
absl::Status RecordDisclosure(const Permit& permit, const v1::CheckMembershipResponse& response);
absl::Status RecordDisclosure(const Permit& permit, const v1::GetExemplarsResponse& response);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_DISCLOSURE_RECORD_H_
