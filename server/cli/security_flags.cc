#include "server/cli/security_flags.h"

#include <string>

#include "absl/flags/flag.h"

ABSL_FLAG(std::string, access_policy, "",
          "file that says which role may make which call on which model; read again when it "
          "changes. Without it everybody may do everything");
ABSL_FLAG(std::string, tokens, "",
          "file of the SHA-256 of each bearer token with its principal and roles; read again when "
          "it changes");

namespace provnet {

absl::StatusOr<SecurityOptions> SecurityOptionsFromFlags() {
  SecurityOptions options;
  options.access.policy = absl::GetFlag(FLAGS_access_policy);
  options.access.tokens = absl::GetFlag(FLAGS_tokens);
  if (options.access.policy.empty() && !options.access.tokens.empty()) {
    return absl::InvalidArgumentError(
        "--tokens is given without --access-policy, which says what their roles may do");
  }
  return options;
}

}  // namespace provnet
