#include "server/security/credentials.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace provnet {

Credentials& SetAuthorization(absl::string_view header, Credentials& credentials) {
  constexpr absl::string_view kScheme = "Bearer ";
  credentials.has_authorization = true;
  credentials.token.reset();
  if (!absl::StartsWithIgnoreCase(header, kScheme)) return credentials;
  const absl::string_view token = absl::StripAsciiWhitespace(header.substr(kScheme.size()));
  if (!token.empty()) credentials.token = Sha256Of({token.data(), token.size()});
  return credentials;
}

}  // namespace provnet
