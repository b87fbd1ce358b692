#ifndef PROVNET_CLIENT_CLI_MEMBERSHIP_TEXT_H_
#define PROVNET_CLIENT_CLI_MEMBERSHIP_TEXT_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/terminal.h"
#include "provnet/v1/provenance_service.pb.h"

namespace provnet {

// A record that was asked about, and the answer: the unit of every output format.
struct MembershipAnswer {
  std::string name;
  // The class that was named in the question.
  std::optional<uint32_t> label;
  absl::StatusOr<v1::CheckMembershipResponse> response;
};

// The answer, which is there, in a few lines: the decision and its p-value, then what it is worth,
// the nearest sample, and the samples of equal bytes.
std::string MembershipText(const MembershipAnswer& answer, const Terminal& terminal);

// One line, newline included: {"input": name, "label": 7, "response": {CheckMembershipResponse}} or
// {"input": name, "error": {"code": "NOT_FOUND", "message": "..."}}. label stands only where one
// was named.
std::string MembershipJson(const MembershipAnswer& answer);

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_MEMBERSHIP_TEXT_H_
