#ifndef PROVNET_SERVER_SERVICE_REDACTION_H_
#define PROVNET_SERVER_SERVICE_REDACTION_H_

#include "absl/status/status.h"
#include "provnet/v1/provenance_service.pb.h"

namespace provnet {

// Takes out of an answer what `disclosure` does not cover, and says so in its `disclosure` field;
// changes nothing at DISCLOSURE_CONTENT. `contents_wanted`: the request asked for the samples
// themselves, so their absence is explained in each exemplar.
void Redact(v1::Disclosure disclosure, bool contents_wanted, v1::ExplainResponse& response);
void Redact(v1::Disclosure disclosure, bool contents_wanted, v1::CheckMembershipResponse& response);
void Redact(v1::Disclosure disclosure, v1::GetExemplarsResponse& response);
void Redact(v1::Disclosure disclosure, v1::GetModelResponse& response);

// PERMISSION_DENIED when GetExemplars would have nothing to show: it is asked with indices.
absl::Status CheckExemplarsDisclosure(v1::Disclosure disclosure);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_REDACTION_H_
