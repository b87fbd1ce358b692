#ifndef PROVNET_CLIENT_CLI_EXPLANATION_JSON_H_
#define PROVNET_CLIENT_CLI_EXPLANATION_JSON_H_

#include <string>

#include "absl/status/status.h"
#include "client/cli/explanation.h"
#include "google/protobuf/message.h"

namespace provnet {

// `message` as proto JSON with the proto's field names, fields at their defaults included, on one
// line.
std::string ProtoJson(const google::protobuf::Message& message);

// One line, newline included: {"input": name, "true_label": 7, "response": {ExplainResponse}} or
// {"input": name, "error": {"code": "NOT_FOUND", "message": "..."}}. true_label stands only where
// it is known, the exemplars' labels only where the caller's role shows them. Without `contents`
// the exemplars' bytes are left out.
std::string ExplanationJson(const Explanation& explanation, bool contents);

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_EXPLANATION_JSON_H_
