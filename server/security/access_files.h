#ifndef PROVNET_SERVER_SECURITY_ACCESS_FILES_H_
#define PROVNET_SERVER_SECURITY_ACCESS_FILES_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "provnet/v1/access_policy.pb.h"

namespace provnet {

// The two files in JSON. INVALID_ARGUMENT says what is wrong with the form: no JSON, a field that
// is not known or of another type. What the values mean is for AccessRules to check.
absl::StatusOr<v1::AccessPolicy> ParseAccessPolicy(absl::string_view json);
absl::StatusOr<v1::TokenFile> ParseTokenFile(absl::string_view json);

}  // namespace provnet

#endif  // PROVNET_SERVER_SECURITY_ACCESS_FILES_H_
